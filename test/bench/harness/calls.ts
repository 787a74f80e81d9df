import type { Measurement } from "./benchmark.ts";
import type { CallRate } from "./call-rate.ts";
import { percentOf } from "./ratio.ts";

/** Rate and latencies of one kind of call. */
export function callsLine(name: string, rate: CallRate): Measurement {
  return { name, value: rate.perSecond, unit: "/s", note: rate.latencies };
}

/** The same, and beside it how much of the echo's rate it reached in the same turns. */
export function callsBesideEcho(name: string, rate: CallRate, echo: CallRate, atLeastPercent?: number): Measurement[] {
  const ratio: Measurement = { name: `${name}, of echo`, value: percentOf(rate.rates, echo.rates), unit: "%" };
  if (atLeastPercent !== undefined) ratio.target = { comparison: "atLeast", value: atLeastPercent };
  return [callsLine(name, rate), ratio];
}
