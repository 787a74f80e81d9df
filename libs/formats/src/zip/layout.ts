/** Where the bytes of one member lie: its local header at `start`, the end of its data at `end`. */
export interface Extent {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Bytes that may follow the data: a data descriptor. */
  readonly slackBytes: number;
}

/** What is wrong with the layout of a zip. */
export interface LayoutFault {
  readonly kind: "overlap" | "hidden";
  readonly name: string;
  readonly offset: number;
}

/**
 * Members must follow each other without sharing bytes (shared bytes make bombs) and without gaps (gaps hide members
 * from readers that trust the directory). `start` is the first byte of the archive, `end` where its directory begins.
 */
export function* layoutFaults(extents: readonly Extent[], start: number, end: number): Generator<LayoutFault> {
  let previousEnd = start;
  let slackBytes = 0;
  for (const extent of extents.toSorted((a, b) => a.start - b.start)) {
    if (extent.start < previousEnd) yield { kind: "overlap", name: extent.name, offset: extent.start };
    else if (extent.start > previousEnd + slackBytes) yield { kind: "hidden", name: extent.name, offset: previousEnd };
    if (extent.end >= previousEnd) slackBytes = extent.slackBytes;
    previousEnd = Math.max(previousEnd, extent.end);
  }
  if (previousEnd > end) yield { kind: "overlap", name: "the directory", offset: end };
  else if (previousEnd + slackBytes < end) yield { kind: "hidden", name: "the directory", offset: previousEnd };
}
