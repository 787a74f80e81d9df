/** One dimension of a shape; the same words as `slipway.artifact.v1.Dimension`. */
export interface Dimension {
  /** Elements; -1: any. */
  readonly size: number;
  /** The format's name of a dimension of any size, such as `batch`; may be empty. */
  readonly symbol: string;
}

/** One input or output; the same words as `slipway.artifact.v1.Field`. */
export interface SignatureField {
  /** As the model calls it; 1 to 256 characters. */
  readonly name: string;
  /** NumPy's words (`float32`, `int64`, `string` …), or the format's own, such as `sequence<map<int64,float32>>`. */
  readonly dtype: string;
  /** At most 64 dimensions; empty: a scalar, or unknown (see hasShape). */
  readonly shape: readonly Dimension[];
  /** False when the format says nothing about the shape. */
  readonly hasShape: boolean;
  /** The model works without it. Outputs are never optional. */
  readonly optional: boolean;
}

/** What a caller must know to use a model. At most 10,000 fields on either side. */
export interface Signature {
  readonly inputs: readonly SignatureField[];
  readonly outputs: readonly SignatureField[];
}
