/**
 * Loaded before a service (`node --import`), makes its clock go ahead of this machine's by SLIPWAY_TEST_CLOCK_AHEAD_MS
 * milliseconds; negative: behind.
 */
const aheadMs = Number(process.env.SLIPWAY_TEST_CLOCK_AHEAD_MS ?? 0);
const RealDate = Date;

class ShiftedDate extends RealDate {
  constructor(...parts: unknown[]) {
    super(...((parts.length === 0 ? [ShiftedDate.now()] : parts) as [number]));
  }

  static override now(): number {
    return RealDate.now() + aheadMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
