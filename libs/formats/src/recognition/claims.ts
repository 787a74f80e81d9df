import type { Format } from "../format.ts";

const pickles: readonly Format[] = ["pickle", "joblib"];
const torch: readonly Format[] = ["pytorch", "torchscript", "pickle", "tar", "zip"];
const compressed: readonly Format[] = ["gzip", "zlib", "bzip2", "xz", "lzma", "lz4"];

/** What a file with such an ending may be. Endings that many programs use, such as .bin, claim nothing. */
const claims: Readonly<Record<string, readonly Format[]>> = {
  safetensors: ["safetensors"],
  onnx: ["onnx"],
  pkl: [...pickles, "pytorch", "torchscript", ...compressed],
  pickle: [...pickles, "pytorch", ...compressed],
  joblib: [...pickles, ...compressed, "zip"],
  pt: torch,
  pth: torch,
  npy: ["npy"],
  npz: ["npz"],
  gguf: ["gguf"],
  h5: ["hdf5"],
  hdf5: ["hdf5"],
  keras: ["keras", "hdf5"],
  json: ["json"],
  md: ["markdown"],
  txt: ["text", "markdown", "yaml", "json"],
  yaml: ["yaml", "json"],
  yml: ["yaml", "json"],
};

function ending(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}

/** True when the name says that the content is a pickle. */
export function claimsPickle(name: string): boolean {
  return /^(?:pkl|pickle|joblib|pt|pth)$/.test(ending(name));
}

/** True when the name says that the content is in this format. */
export function claimsFormat(name: string, format: Format): boolean {
  return claims[ending(name)]?.[0] === format;
}

/** True when a program that goes by the name could load the content as a pickle. */
export function mayBeLoadedAsPickle(name: string): boolean {
  return claimsPickle(name) || /^(?:bin|ckpt|dat|data|model|sav)$/.test(ending(name));
}

/** What the name claims, for a message, when the content is something else; undefined when both fit. */
export function contradictedClaim(name: string, format: Format): string | undefined {
  const wanted = claims[ending(name)];
  return wanted === undefined || wanted.includes(format) ? undefined : `.${ending(name)}`;
}
