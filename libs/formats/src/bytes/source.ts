/** Bytes of known size with random access. */
export interface Source {
  readonly sizeBytes: number;
  /** Exactly `length` bytes from `offset`; the range lies inside the source. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A source over bytes in memory. */
export function memorySource(bytes: Uint8Array): Source {
  return {
    sizeBytes: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** A part of a source as a source of its own. The range lies inside the outer one. */
export function sliceSource(outer: Source, start: number, sizeBytes: number): Source {
  return { sizeBytes, read: (offset, length) => outer.read(start + offset, length) };
}
