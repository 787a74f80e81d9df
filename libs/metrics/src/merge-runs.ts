import type { ScoreRun } from "./score-runs.ts";

/** Told once for each distinct score, the highest first: the weights of the positive and the negative rows that have it. */
export type OnScore = (positive: number, negative: number) => void;

/** After so many rows the merge lets others work: some 10 ms. */
const ROWS_AT_A_TIME = 65_536;

/** Where a run is. */
interface Head {
  run: ScoreRun;
  at: number;
  score: number;
}

/**
 * Goes over the distinct scores of all runs, falling, without copying them (a heap of the runs' ends). It yields now and
 * then, so that whoever drives it can let others work.
 */
export function* mergeRuns(runs: readonly ScoreRun[], onScore: OnScore): Generator<void> {
  const heap: Head[] = runs.flatMap((run) => {
    const at = run.scores.length - 1;
    return at < 0 ? [] : [{ run, at, score: run.scores[at] as number }];
  });
  for (let index = (heap.length >> 1) - 1; index >= 0; index -= 1) sink(heap, index);
  let rows = 0;
  let current = Number.NaN;
  let positive = 0;
  let negative = 0;
  while (heap.length > 0) {
    const head = heap[0] as Head;
    if (head.score !== current) {
      if (rows > 0) onScore(positive, negative);
      current = head.score;
      positive = 0;
      negative = 0;
    }
    const weight = head.run.weights === undefined ? 1 : (head.run.weights[head.at] as number);
    if (head.run.positive) positive += weight;
    else negative += weight;
    advance(heap, head);
    rows += 1;
    if (rows % ROWS_AT_A_TIME === 0) yield;
  }
  if (rows > 0) onScore(positive, negative);
}

/** Moves the run at the top to its next score, or takes it out at its end. */
function advance(heap: Head[], head: Head): void {
  head.at -= 1;
  if (head.at >= 0) {
    head.score = head.run.scores[head.at] as number;
  } else {
    const last = heap.pop() as Head;
    if (heap.length === 0) return;
    heap[0] = last;
  }
  sink(heap, 0);
}

function sink(heap: Head[], from: number): void {
  const head = heap[from] as Head;
  let index = from;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as Head).score > (heap[child] as Head).score) child += 1;
    if ((heap[child] as Head).score <= head.score) break;
    heap[index] = heap[child] as Head;
    index = child;
  }
  heap[index] = head;
}
