/** A layer of this class holds Python bytecode; the config of a Keras model is JSON, in .keras and in HDF5 alike. */
const LAMBDA_CLASS = /"class_name"\s*:\s*"(?:Lambda|__lambda__)"/;
/** Longer than any match of LAMBDA_CLASS that a serializer writes. */
export const LAMBDA_WINDOW_BYTES = 128;

/** Where the config of a model names a Lambda layer; -1 when it names none. */
export function lambdaIndex(text: string): number {
  return text.search(LAMBDA_CLASS);
}
