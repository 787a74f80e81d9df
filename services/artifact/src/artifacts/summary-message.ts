import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { ArtifactSummary as Facts, SignatureField } from "@slipway/formats";
import { type ArtifactSummary, ArtifactSummarySchema } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { type FieldSchema, SignatureSchema } from "@slipway/gen/slipway/artifact/v1/signature_pb.js";

/**
 * An artifact travels in one message and lies in one document; a signature that is larger than this (some thousands
 * of fields) is left out rather than making the artifact unreadable for clients with default limits.
 */
const MAX_SUMMARY_BYTES = 1024 * 1024;

/** The summary as a message, without its signature when that is too large. */
export function summaryMessage({ signature, parameterCount, ...facts }: Facts): ArtifactSummary {
  const summary = create(ArtifactSummarySchema, {
    ...facts,
    formats: [...facts.formats],
    ...(parameterCount === undefined ? {} : { parameterCount: BigInt(parameterCount) }),
  });
  if (signature === undefined) return summary;
  const whole = create(ArtifactSummarySchema, {
    ...summary,
    signature: create(SignatureSchema, {
      inputs: signature.inputs.map(fieldMessage),
      outputs: signature.outputs.map(fieldMessage),
    }),
  });
  return toBinary(ArtifactSummarySchema, whole).byteLength <= MAX_SUMMARY_BYTES ? whole : summary;
}

function fieldMessage({ shape, ...field }: SignatureField): MessageInitShape<typeof FieldSchema> {
  return { ...field, shape: shape.map(({ size, symbol }) => ({ size: BigInt(size), symbol })) };
}
