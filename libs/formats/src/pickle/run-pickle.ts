import type { Cursor } from "../bytes/cursor.ts";
import { memorySource } from "../bytes/source.ts";
import { cursorOver } from "../bytes/source-feed.ts";
import type { Limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { apply } from "./apply.ts";
import { Decoder } from "./decoder.ts";
import { FrameGuard } from "./frame-guard.ts";
import { arrayDataOf } from "./joblib-array.ts";
import { Machine } from "./machine.ts";
import { PickleScan } from "./pickle-scan.ts";
import { type Instance, OPAQUE } from "./value.ts";

/** joblib aligns array data to 16 bytes (joblib/numpy_pickle.py, NUMPY_ARRAY_ALIGNMENT_BYTES). */
const LONGEST_PADDING_BYTES = 16;
const PADDING = 0xff;
/** How much of unpadded array data is tried as a pickle. */
const PROBE_BYTES = 4096;
/** Pickles of object arrays inside pickles. */
const DEEPEST_ARRAYS = 16;

/** What one pickle may cost, and how strict to be. */
export interface RunOptions {
  readonly limits: Pick<Limits, "pickleOpcodes" | "pickleObjects">;
  /** True while it is not known whether the content is a pickle: the first fault before anything was done ends it. */
  tentative: boolean;
}

/** The end of a content that was only tried as a pickle and is none. */
export class NotAPickle extends Error {}

/**
 * Runs the pickle at the cursor up to and including STOP. A stack fault is reported and passed over, since what a more
 * lenient loader would still run must be seen; a broken instruction ends in a Refusal `pickle.malformed`, too many
 * instructions or objects in `pickle.limit`.
 */
export async function runPickle(cursor: Cursor, scan: PickleScan, options: RunOptions, depth = 0): Promise<void> {
  const decoder = new Decoder(cursor);
  const machine = new Machine(scan);
  const frames = new FrameGuard();
  let faultReported = false;
  for (;;) {
    const neededBytes = decoder.decodeBuffered();
    if (neededBytes > 0) {
      if (!(await decoder.next())) {
        throw new Refusal("pickle.malformed", "the pickle is damaged: it ends before its STOP", cursor.position);
      }
    } else if (decoder.hasRest) {
      await decoder.passRest();
    }
    scan.operations += 1;
    if (frames.crosses(decoder.code, decoder.offset, cursor.position, decoder.integer)) {
      scan.found("pickle.frame", "the pickle hides an instruction across the end of a frame", decoder.offset);
    }
    const goesOn = apply(machine, decoder);
    if (machine.stack.faulty && !faultReported) {
      if (options.tentative && !scan.hasActed) throw new NotAPickle();
      faultReported = true;
      const what = "the pickle is damaged: an instruction finds less on the stack than it needs";
      scan.found("pickle.malformed", what, decoder.offset);
    }
    if (!goesOn) return;
    checkLimits(scan, machine, decoder, options);
    if (scan.pendingArray !== undefined) {
      const wrapper = scan.pendingArray;
      scan.pendingArray = undefined;
      machine.stack.pop();
      machine.stack.push(OPAQUE);
      if (frames.contains(cursor.position)) {
        scan.found("pickle.frame", "the pickle hides the data of an array inside a frame", cursor.position);
      }
      await passArray(cursor, wrapper, scan, options, depth);
    }
  }
}

function checkLimits(scan: PickleScan, machine: Machine, decoder: Decoder, { limits }: RunOptions): void {
  if (scan.operations > limits.pickleOpcodes) {
    throw new Refusal("pickle.limit", `the pickle has more than ${limits.pickleOpcodes} instructions`, decoder.offset);
  }
  if (machine.cost > limits.pickleObjects) {
    throw new Refusal("pickle.limit", `the pickle keeps more than ${limits.pickleObjects} objects`, decoder.offset);
  }
}

/** Passes over the array data that joblib reads behind a NumpyArrayWrapper. */
async function passArray(
  cursor: Cursor,
  wrapper: Instance,
  scan: PickleScan,
  options: RunOptions,
  depth: number,
): Promise<void> {
  const offset = cursor.position;
  const data = arrayDataOf(wrapper);
  if (data === undefined) {
    throw new Refusal("joblib.array", "the size of an array cannot be told, so what follows it is unknown", offset);
  }
  if (data.kind === "objects") {
    if (depth >= DEEPEST_ARRAYS) throw new Refusal("joblib.array", "arrays are nested too deeply", offset);
    await runPickle(cursor, scan, { ...options, tentative: false }, depth + 1);
    return;
  }
  if (data.padded) await passPadding(cursor, offset);
  else await probe(cursor, data.sizeBytes, scan, options);
  if (!(await cursor.skip(data.sizeBytes))) {
    throw new Refusal("pickle.malformed", "the pickle is damaged: it ends inside an array", offset);
  }
}

async function passPadding(cursor: Cursor, offset: number): Promise<void> {
  const length = (await cursor.take(1))?.[0] ?? 0;
  const padding = await cursor.take(length);
  if (length > LONGEST_PADDING_BYTES || padding === undefined || padding.some((byte) => byte !== PADDING)) {
    throw new Refusal("joblib.array", "the padding before an array is not what joblib writes", offset);
  }
}

/**
 * Array data that stands right behind the pickle is an instruction stream to a loader that does not know joblib's
 * wrappers, so a dangerous import at its start is reported.
 */
async function probe(cursor: Cursor, sizeBytes: number, scan: PickleScan, options: RunOptions): Promise<void> {
  const length = Math.min(sizeBytes, PROBE_BYTES);
  await cursor.fill(length);
  const start = cursor.position;
  const bytes = cursor.window.slice(cursor.index, cursor.index + length);
  const inner = new PickleScan("alone", 1);
  const found = await triedFindings(bytes, inner, options);
  for (const finding of found) {
    if (finding.ruleId === "pickle.import.denied") scan.found(finding.ruleId, finding.what, start + finding.offset);
  }
}

async function triedFindings(
  bytes: Uint8Array,
  scan: PickleScan,
  options: RunOptions,
): Promise<PickleScan["findings"]> {
  try {
    await runPickle(cursorOver(memorySource(bytes)), scan, { ...options, tentative: false });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return scan.findings;
}
