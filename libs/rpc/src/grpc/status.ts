import { Metadata, type ServiceError, type StatusObject } from "@grpc/grpc-js";
import { CODE_NUMBERS, codeFromNumber } from "../code.ts";
import { fail } from "../fail.ts";
import { RpcError } from "../rpc-error.ts";
import { decodeStatus, encodeStatus } from "../wire/status.ts";
import { STATUS_DETAILS_HEADER } from "./metadata.ts";

/** What grpc-js says, and nobody else can: which limit a message broke. */
const TOO_LARGE = /larger than max \((\d+) vs\.? (\d+)\)/;

/** What Node's TLS says of a certificate that it does not accept. */
const CERTIFICATE_PROBLEM = /[^.:]*\bcertificate\b[^.]*/i;

/** An error as grpc-js sends it: code, message, and all of it once more in the details. */
export function toStatusObject(error: RpcError, requestId: string): StatusObject {
  const metadata = new Metadata();
  metadata.set(STATUS_DETAILS_HEADER, Buffer.from(encodeStatus(error, requestId)));
  return { code: CODE_NUMBERS[error.code], details: error.message, metadata };
}

/** The one place that translates errors of grpc-js: the details of the server, or what the channel itself has to say. */
export function fromServiceError(error: ServiceError, call: { method: string; url: string }): RpcError {
  const [details] = error.metadata?.get(STATUS_DETAILS_HEADER) ?? [];
  if (details instanceof Buffer) return decodeStatus(details);
  const cause = { cause: error };
  const code = codeFromNumber(error.code);
  const sizes = TOO_LARGE.exec(error.details);
  if (code === "RESOURCE_EXHAUSTED" && sizes !== null) {
    return fail("MESSAGE_TOO_LARGE", { size_bytes: sizes[1] ?? "", limit_bytes: sizes[2] ?? "" }, cause);
  }
  switch (code) {
    case "CANCELLED":
      return fail("CALL_CANCELLED", {}, cause);
    case "DEADLINE_EXCEEDED":
      return fail("DEADLINE_PASSED", {}, cause);
    case "UNIMPLEMENTED":
      return fail("METHOD_UNKNOWN", { method: call.method }, cause);
    case "UNAVAILABLE": {
      const problem = CERTIFICATE_PROBLEM.exec(error.details)?.[0];
      if (problem !== undefined) return fail("SERVER_UNTRUSTED", { url: call.url, problem }, cause);
      return fail("SERVER_UNREACHABLE", { url: call.url }, cause);
    }
    default:
      return new RpcError({ code, reason: "", message: error.details, cause: error });
  }
}
