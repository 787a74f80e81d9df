import { isDeepStrictEqual } from "node:util";
import type { ArtifactSummary } from "./artifact-summary.ts";
import { type Format, plainFormats } from "./format.ts";
import type { Signature } from "./signature.ts";
import type { FileFacts } from "./walk/inspect-file.ts";

/** Whose word counts when one artifact holds the same model in several formats. */
const ranking: readonly Format[] = [
  "onnx",
  "safetensors",
  "pytorch",
  "torchscript",
  "keras",
  "tensorflow-saved-model",
  "gguf",
  "joblib",
  "pickle",
  "hdf5",
  "npz",
  "npy",
];

/** Brings together what the files of one artifact told. */
export function summaryOf(files: readonly FileFacts[]): ArtifactSummary {
  const formats = [...new Set(files.map((file) => file.format))].filter((format) => !plainFormats.has(format)).sort();
  const ranked = files.toSorted((a, b) => rank(a.format) - rank(b.format));
  const signature = commonSignature(files);
  const parameterCount = parametersOf(ranked);
  return {
    formats,
    framework: ranked.find((file) => (file.framework ?? "") !== "")?.framework ?? "",
    ...(signature === undefined ? {} : { signature }),
    ...(parameterCount === undefined ? {} : { parameterCount }),
    licence: licenceOf(files),
  };
}

function rank(format: Format): number {
  const place = ranking.indexOf(format);
  return place < 0 ? ranking.length : place;
}

function commonSignature(files: readonly FileFacts[]): Signature | undefined {
  const signatures = files.flatMap((file) => (file.signature === undefined ? [] : [file.signature]));
  const [one, ...others] = signatures;
  return others.every((other) => isDeepStrictEqual(other, one)) ? one : undefined;
}

/**
 * The sum over the files of the best-ranked format that tells; the shards of one model add up. Files with one and the
 * same signature are variants of one model (quantised, optimised), of which the largest counts.
 */
function parametersOf(ranked: readonly FileFacts[]): number | undefined {
  const format = ranked.find((file) => (file.parameterCount ?? 0) > 0)?.format;
  if (format === undefined) return undefined;
  const same = ranked.filter((file) => file.format === format);
  const counts = same.map((file) => file.parameterCount ?? 0);
  const areVariants = same.every((file) => file.signature !== undefined) && commonSignature(same) !== undefined;
  const total = areVariants ? Math.max(...counts) : counts.reduce((sum, count) => sum + count, 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** The model card nearest to the top, else what a model file says. */
function licenceOf(files: readonly FileFacts[]): string {
  const telling = files.filter((file) => (file.licence ?? "") !== "");
  const cards = telling.filter((file) => file.format === "markdown");
  const depth = (file: FileFacts): number => file.path.split("/").length;
  const card = cards.toSorted((a, b) => depth(a) - depth(b) || Number(isReadme(b)) - Number(isReadme(a)))[0];
  return (card ?? telling[0])?.licence ?? "";
}

function isReadme(file: FileFacts): boolean {
  return /(?:^|\/)README\.md$/i.test(file.path);
}
