import { sampleBytes } from "./sample.ts";

/** The object number `n` of one round of the crash test. */
export function crashKey(round: string, n: number): string {
  return `t/${round}/${n}`;
}

/** Its bytes: sizes from 1 byte to 600 kB, so that some are written in one step and some in several. */
export function crashSample(round: string, n: number): Uint8Array {
  return sampleBytes(`${round} ${n}`, 1 + ((n * 7_919) % 97) * 6_000);
}

/** The `n` of a key that `crashKey` made. */
export function crashNumber(key: string): number {
  return Number(key.slice(key.lastIndexOf("/") + 1));
}
