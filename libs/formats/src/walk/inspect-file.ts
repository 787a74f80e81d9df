import { blockCache } from "../bytes/block-cache.ts";
import type { Source } from "../bytes/source.ts";
import { cursorOver } from "../bytes/source-feed.ts";
import type { Facts } from "../facts.ts";
import type { Format } from "../format.ts";
import type { Inspection } from "../inspection.ts";
import { Refusal } from "../refusal.ts";
import { inspectContent } from "./inspect-content.ts";

/** What one file told. */
export interface FileFacts extends Facts {
  readonly path: string;
  readonly format: Format;
}

/** Inspects one file of the artifact; findings go to the inspection. Only errors that are no finding are thrown. */
export async function inspectFile(inspection: Inspection, path: string, file: Source): Promise<FileFacts> {
  const source = blockCache(file);
  const facts: Facts = {};
  let format: Format = "unknown";
  try {
    const content = {
      path,
      name: path.slice(path.lastIndexOf("/") + 1),
      depth: 0,
      sizeBytes: source.sizeBytes,
      setting: "alone" as const,
      source,
      open: async () => cursorOver(source),
    };
    format = await inspectContent(inspection, content, facts);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    inspection.report(error.ruleId, error.path ?? path, error.message, error.offsetBytes);
  }
  return { ...facts, path, format };
}
