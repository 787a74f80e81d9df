import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";

export interface LaneOutcome {
  /** How many events from the front of the page are handled without a gap. */
  handled: number;
  /** What the handler threw first; the lanes that were at work have ended. */
  failure?: { error: unknown };
}

/**
 * Handles a page of events, those of one aggregate in order and up to `concurrency` aggregates at once. Nothing new is
 * begun after a failure or once `stopping` is aborted.
 */
export async function inLanes(
  events: readonly Event[],
  concurrency: number,
  stopping: AbortSignal,
  handle: (event: Event) => Promise<void>,
): Promise<LaneOutcome> {
  const lanes = Map.groupBy(events.entries(), ([, event]) => event.subjectUid).values();
  const done: boolean[] = events.map(() => false);
  let failure: LaneOutcome["failure"];
  const work = async () => {
    for (const lane of lanes) {
      for (const [index, event] of lane) {
        if (stopping.aborted || failure !== undefined) return;
        try {
          await handle(event);
          done[index] = true;
        } catch (error) {
          failure ??= { error };
        }
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const gap = done.indexOf(false);
  const handled = gap === -1 ? events.length : gap;
  return failure === undefined ? { handled } : { handled, failure };
}
