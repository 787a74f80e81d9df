import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { codecOf } from "../codec/codec.ts";
import { fail } from "../fail.ts";
import type { TypedMethod } from "../transport.ts";

/** The response in the bytes; throws RESPONSE_MALFORMED. */
export function decodeResponse<O extends DescMessage>(
  method: TypedMethod<DescMessage, O>,
  bytes: Uint8Array,
): MessageShape<O> {
  try {
    return codecOf(method.output).decode(bytes) as MessageShape<O>;
  } catch (cause) {
    throw fail("RESPONSE_MALFORMED", { method: method.name, type: method.output.typeName }, { cause });
  }
}
