import type { FileReader } from "./file-reader.ts";
import { type InspectionReport, verdictOf } from "./finding.ts";
import { readIsolated } from "./isolation/read-isolated.ts";
import { INSPECTION_LIMITS, type Limits } from "./limits.ts";

/**
 * Judges the files of one artifact: structure, and what loading them would do. Nothing is executed; hostile bytes are
 * parsed in a worker thread with bounded heap and time. Rejects with what a FileReader throws, with a ShortReadError,
 * or with the reason of `signal`; everything about the files themselves is a finding.
 */
export async function inspect(
  files: readonly FileReader[],
  limits: Partial<Limits> = {},
  signal?: AbortSignal,
): Promise<InspectionReport> {
  const options = { limits: { ...INSPECTION_LIMITS, ...limits }, headersOnly: false, signal };
  const { list } = await readIsolated(files, options);
  const { findings } = list;
  return { verdict: verdictOf(findings), findings };
}
