/** Every place of the sequencer where a fault test may kill the process; `npm test` hits each of them. */
export const eventFaultPoints = [
  /** Events are read, their numbers are not written. */
  "events.numbering",
  /** The numbers are durable, nothing is published. */
  "events.numbered",
] as const;

export type EventFaultPoint = (typeof eventFaultPoints)[number];
