import type { Connection } from "@slipway/client";

/** What the cases find in place. */
export interface BadInputWorld {
  /** An administrator of the tenant. */
  connection: Connection;
  /** One of another tenant. */
  stranger: Connection;
  /** `artifacts/{digest}` of model iris, version 1.0.0; it has model.onnx with a float32 input and README.md. */
  artifact: string;
  /** Of the same model for float64. */
  otherArtifact: string;
  /** Model iris as it was before its last change. */
  staleEtag: string;
}

export interface BadInputCase {
  what: string;
  call(world: BadInputWorld): Promise<unknown>;
  /** `CODE REASON` */
  error: string;
  text: string | RegExp;
  /** The request's fields at fault; every INVALID_ARGUMENT names some. */
  fields?: string[];
}
