import type { Cursor } from "../bytes/cursor.ts";
import type { Content } from "../content.ts";
import type { Facts } from "../facts.ts";
import type { Format } from "../format.ts";
import type { Inspection } from "../inspection.ts";
import { Refusal } from "../refusal.ts";
import { PickleScan } from "./pickle-scan.ts";
import { NotAPickle, runPickle } from "./run-pickle.ts";

/** PyTorch's legacy files begin with a pickle of this number (torch/serialization.py, MAGIC_NUMBER), protocol 2. */
const TORCH_LEGACY_HEAD = Buffer.from("80028a0a6cfc9c46f9206aa850192e", "hex");
/** Magic number, protocol version, system information, the object, the keys of the storages; then raw storages. */
const TORCH_LEGACY_PICKLES = 5;
/** Pickles looked at behind the first one. */
const MOST_PICKLES = 16;
/** So many sound instructions behind PROTO are no accident. */
const CONVINCING_OPERATIONS = 16;
const PROTO = 0x80;

/**
 * Inspects a content as a pickle, or as several behind each other. Undefined when it is none; then nothing was
 * reported. `claimed`: the name, or the place inside a container, says that it is a pickle, so that faults are findings.
 */
export async function inspectPickle(
  inspection: Inspection,
  content: Content,
  facts: Facts,
  claimed: boolean,
): Promise<Format | undefined> {
  const cursor = await content.open();
  try {
    await cursor.fill(TORCH_LEGACY_HEAD.length);
    const head = cursor.window.subarray(cursor.index, cursor.index + TORCH_LEGACY_HEAD.length);
    const legacy = TORCH_LEGACY_HEAD.equals(head);
    const hasProtocol = head[0] === PROTO && (head[1] ?? 255) <= 5;
    const scan = new PickleScan(legacy ? "pytorch" : content.setting, inspection.limits.findingsPerFile);
    const end = await runAll(cursor, scan, inspection, { legacy, tentative: !claimed });
    const convincing = hasProtocol && (end === "STOPPED" || scan.operations >= CONVINCING_OPERATIONS);
    if (!claimed && !scan.hasActed && !convincing && !(end === "STOPPED" && (await cursor.atEnd()))) return undefined;
    for (const { ruleId, what, offset } of scan.findings) inspection.report(ruleId, content.path, what, offset);
    tell(facts, scan);
    if (legacy || content.setting !== "alone" || scan.storages.size > 0) return "pytorch";
    return scan.hasArrays || content.name.endsWith(".joblib") ? "joblib" : "pickle";
  } finally {
    cursor.close();
  }
}

type End = "STOPPED" | "BROKEN";

async function runAll(
  cursor: Cursor,
  scan: PickleScan,
  inspection: Inspection,
  { legacy, tentative }: { legacy: boolean; tentative: boolean },
): Promise<End> {
  const expected = legacy ? TORCH_LEGACY_PICKLES : 1;
  for (let count = 0; count < MOST_PICKLES; count++) {
    if (count > 0 && (await cursor.atEnd())) return "STOPPED";
    if (count === expected) {
      if (legacy) return "STOPPED";
      scan.found("pickle.trailing", "more data follows behind the end of the pickle", cursor.position);
    }
    try {
      await runPickle(cursor, scan, { limits: inspection.limits, tentative: tentative || count >= expected });
    } catch (error) {
      if (error instanceof NotAPickle) return count === 0 ? "BROKEN" : "STOPPED";
      if (!(error instanceof Refusal)) throw error;
      if (count < expected || error.ruleId !== "pickle.malformed")
        scan.found(error.ruleId, error.message, error.offsetBytes ?? cursor.position);
      return count === 0 ? "BROKEN" : "STOPPED";
    }
  }
  return "STOPPED";
}

function tell(facts: Facts, scan: PickleScan): void {
  const { libraries } = scan;
  const framework = ["xgboost", "lightgbm", "catboost"].find((library) => libraries.has(library));
  if (framework !== undefined) facts.framework = framework;
  else if (libraries.has("sklearn")) facts.framework = `scikit-learn ${scan.sklearnVersion ?? ""}`.trimEnd();
  else if (libraries.has("torch")) facts.framework = "pytorch";
  if (scan.storages.size > 0) {
    facts.parameterCount = [...scan.storages.values()].reduce((sum, count) => sum + count, 0);
  }
}
