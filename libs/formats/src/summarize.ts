import type { ArtifactSummary } from "./artifact-summary.ts";
import type { FileReader } from "./file-reader.ts";
import { readIsolated } from "./isolation/read-isolated.ts";
import { type Limits, SUMMARY_LIMITS } from "./limits.ts";
import { summaryOf } from "./summary-of.ts";

/**
 * Reads the headers of the files of one artifact, within bounds, and tells what the model is. A damaged or hostile file
 * tells less, never fails. Rejects with what a FileReader throws, with a ShortReadError, or with the reason of `signal`.
 */
export async function summarize(
  files: readonly FileReader[],
  limits: Partial<Limits> = {},
  signal?: AbortSignal,
): Promise<ArtifactSummary> {
  const options = { limits: { ...SUMMARY_LIMITS, ...limits }, headersOnly: true, signal };
  const { facts } = await readIsolated(files, options);
  return summaryOf(facts);
}
