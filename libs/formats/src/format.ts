/** What a file is, told from its content. */
export type Format =
  | "safetensors"
  | "onnx"
  | "pickle"
  | "joblib"
  | "pytorch"
  | "torchscript"
  | "keras"
  | "npz"
  | "npy"
  | "gguf"
  | "hdf5"
  | "tensorflow-saved-model"
  | "zip"
  | "tar"
  | "gzip"
  | "zlib"
  | "bzip2"
  | "xz"
  | "lzma"
  | "lz4"
  | "zstd"
  | "executable"
  | "json"
  | "yaml"
  | "markdown"
  | "text"
  | "empty"
  | "unknown";

/** Formats that say nothing about a model; a summary leaves them out. */
export const plainFormats: ReadonlySet<Format> = new Set([
  "json",
  "yaml",
  "markdown",
  "text",
  "empty",
  "unknown",
  "executable",
]);
