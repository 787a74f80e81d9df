import type { Signature } from "./signature.ts";

/** What the headers of an artifact's files tell; the same words as `slipway.artifact.v1.ArtifactSummary`. */
export interface ArtifactSummary {
  /** Recognised formats, sorted, without repetition: `joblib`, `onnx`, `safetensors` … (see format.ts). */
  readonly formats: readonly string[];
  /** What made the model, such as `skl2onnx 1.19`; empty when unknown. */
  readonly framework: string;
  /** Absent when no file tells one, or when several tell different ones. */
  readonly signature?: Signature;
  /** Numbers in all tensors; absent when unknown. A safe integer. */
  readonly parameterCount?: number;
  /** SPDX identifier or the words of the model card; empty when unknown. */
  readonly licence: string;
}
