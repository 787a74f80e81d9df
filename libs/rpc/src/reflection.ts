import type { DescService } from "@bufbuild/protobuf";
import { file_google_rpc_code } from "@slipway/gen/google/rpc/code_pb.js";
import { file_google_rpc_error_details } from "@slipway/gen/google/rpc/error_details_pb.js";
import { file_google_rpc_status } from "@slipway/gen/google/rpc/status_pb.js";
import { ServerReflection, type ServerReflectionRequest } from "@slipway/gen/grpc/reflection/v1/reflection_pb.js";
import {
  ServerReflection as ServerReflectionAlpha,
  type ServerReflectionRequest as ServerReflectionRequestAlpha,
} from "@slipway/gen/grpc/reflection/v1alpha/reflection_pb.js";
import { CODE_NUMBERS } from "./code.ts";
import { type Binding, bind } from "./handlers.ts";
import { DescriptorIndex } from "./reflection/descriptor-index.ts";

type Request = ServerReflectionRequest | ServerReflectionRequestAlpha;
type Answer =
  | { case: "listServicesResponse"; value: { service: { name: string }[] } }
  | { case: "fileDescriptorResponse"; value: { fileDescriptorProto: Uint8Array[] } }
  | { case: "allExtensionNumbersResponse"; value: { baseTypeName: string; extensionNumber: number[] } }
  | { case: "errorResponse"; value: { errorCode: number; errorMessage: string } };

/** What errors are made of: no service imports them, and tools need them to show an error's details. */
const ERROR_FILES = [file_google_rpc_status, file_google_rpc_error_details, file_google_rpc_code];

/**
 * Server reflection, v1 and (for older tools) v1alpha, of the given services. The descriptors are those that the code
 * was generated from, with all their options: rules of buf.validate and of access included. The
 * messages in the details of errors are known too.
 */
export function createReflection(services: readonly DescService[]): Binding[] {
  const index = new DescriptorIndex([...services, ServerReflection, ServerReflectionAlpha], ERROR_FILES);
  async function* info<R extends Request>(requests: AsyncIterable<R>) {
    for await (const request of requests) {
      yield { validHost: request.host, originalRequest: request, messageResponse: answer(index, request) };
    }
  }
  return [
    bind(ServerReflection, { serverReflectionInfo: info }),
    bind(ServerReflectionAlpha, { serverReflectionInfo: info }),
  ];
}

function answer(index: DescriptorIndex, { messageRequest }: Request): Answer {
  switch (messageRequest.case) {
    case "listServices":
      return { case: "listServicesResponse", value: { service: index.serviceNames.map((name) => ({ name })) } };
    case "fileByFilename":
      return files(index.fileNamed(messageRequest.value), messageRequest.value);
    case "fileContainingSymbol":
      return files(index.fileOfSymbol(messageRequest.value), messageRequest.value);
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = messageRequest.value;
      return files(index.fileOfExtension(containingType, extensionNumber), `${containingType} ${extensionNumber}`);
    }
    case "allExtensionNumbersOfType": {
      const baseTypeName = messageRequest.value;
      const extensionNumber = index.extensionNumbers(baseTypeName);
      if (extensionNumber === undefined) return notFound(baseTypeName);
      return { case: "allExtensionNumbersResponse", value: { baseTypeName, extensionNumber } };
    }
    case undefined:
      return error("INVALID_ARGUMENT", "The request asks for nothing. Set one of its fields.");
  }
}

function files(found: Uint8Array[] | undefined, what: string): Answer {
  return found === undefined
    ? notFound(what)
    : { case: "fileDescriptorResponse", value: { fileDescriptorProto: found } };
}

function notFound(what: string): Answer {
  return error("NOT_FOUND", `${what} is not known here. Ask for what listServices and its files name.`);
}

function error(code: keyof typeof CODE_NUMBERS, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode: CODE_NUMBERS[code], errorMessage } };
}
