import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import {
  BadRequest_FieldViolationSchema,
  BadRequestSchema,
  ErrorInfoSchema,
  PreconditionFailure_ViolationSchema,
  PreconditionFailureSchema,
  RequestInfoSchema,
} from "@slipway/gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "@slipway/gen/google/rpc/status_pb.js";
import { CODE_NUMBERS, codeFromNumber } from "../code.ts";
import { RpcError } from "../rpc-error.ts";

/** The ErrorInfo domain of every reason in the register. */
const ERROR_DOMAIN = "slipway";

/** An error as google.rpc.Status in bytes, the form in which it crosses every transport. Its cause stays behind. */
export function encodeStatus(error: RpcError, requestId: string): Uint8Array {
  const { code, message, reason, metadata, fields, preconditions } = error;
  const details = [anyPack(RequestInfoSchema, create(RequestInfoSchema, { requestId }))];
  if (reason !== "") {
    const info = create(ErrorInfoSchema, { reason, domain: ERROR_DOMAIN, metadata });
    details.push(anyPack(ErrorInfoSchema, info));
  }
  if (fields.length > 0) {
    const fieldViolations = fields.map((field) => create(BadRequest_FieldViolationSchema, field));
    details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations })));
  }
  if (preconditions.length > 0) {
    const violations = preconditions.map((each) => create(PreconditionFailure_ViolationSchema, each));
    details.push(anyPack(PreconditionFailureSchema, create(PreconditionFailureSchema, { violations })));
  }
  return toBinary(StatusSchema, create(StatusSchema, { code: CODE_NUMBERS[code], message, details }));
}

/** The error in the bytes of a google.rpc.Status. Details that nobody here knows are left out. */
export function decodeStatus(bytes: Uint8Array): RpcError {
  const status = fromBinary(StatusSchema, bytes);
  const detail = <D extends DescMessage>(type: D): MessageShape<D> | undefined => {
    for (const any of status.details) {
      const message = anyUnpack(any, type);
      if (message !== undefined) return message;
    }
    return undefined;
  };
  const info = detail(ErrorInfoSchema);
  const requestId = detail(RequestInfoSchema)?.requestId;
  return new RpcError({
    code: codeFromNumber(status.code),
    reason: info?.reason ?? "",
    message: status.message,
    metadata: info?.metadata ?? {},
    fields: (detail(BadRequestSchema)?.fieldViolations ?? []).map(({ field, description, reason }) => ({
      field,
      description,
      ...(reason === "" ? {} : { reason }),
    })),
    preconditions: (detail(PreconditionFailureSchema)?.violations ?? []).map(({ type, subject, description }) => ({
      type,
      subject,
      description,
    })),
    ...(requestId === undefined ? {} : { requestId }),
  });
}
