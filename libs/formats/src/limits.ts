const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Bounds of one call of `inspect` or `summarize`. Passing one ends in a finding, never in an error. */
export interface Limits {
  /** Wall time for all files together, in milliseconds. */
  readonly timeoutMs: number;
  /** JavaScript heap of the reading thread, in MiB. Byte buffers are bounded by the code instead (a few MiB a level). */
  readonly memoryMib: number;
  /** Bytes requested from the FileReaders, all files together. Data that is skipped is not read. */
  readonly readBytes: number;
  /** Bytes that decompression may produce, all files together. */
  readonly inflatedBytes: number;
  /** A compressed stream is a bomb when it grows by more than this factor … */
  readonly inflationRatio: number;
  /** … and to more than this many bytes. */
  readonly inflationFloorBytes: number;
  /** Containers inside containers; the file itself is level 0. */
  readonly depth: number;
  /** Members of one zip or tar. */
  readonly archiveEntries: number;
  /** A compressed container inside a container is unpacked in memory up to this size. */
  readonly spoolBytes: number;
  /** Opcodes of one pickle. */
  readonly pickleOpcodes: number;
  /** Objects that a pickle may keep on its stack and in its memo. */
  readonly pickleObjects: number;
  /** Bytes of JSON at the start of a safetensors file; the format's own reader stops at 100,000,000. */
  readonly safetensorsHeaderBytes: number;
  /** Findings of one severity in one file; of further ones a last finding tells. */
  readonly findingsPerFile: number;
  /** The same for all files together, so that a report stays below 4 MiB. */
  readonly findings: number;
}

/** Used by `inspect` where the caller says nothing. */
export const INSPECTION_LIMITS: Limits = {
  timeoutMs: 120_000,
  memoryMib: 512,
  readBytes: 64 * GIB,
  inflatedBytes: 16 * GIB,
  inflationRatio: 200,
  inflationFloorBytes: 256 * MIB,
  depth: 4,
  archiveEntries: 100_000,
  spoolBytes: 64 * MIB,
  pickleOpcodes: 200_000_000,
  pickleObjects: 8_000_000,
  safetensorsHeaderBytes: 100_000_000,
  findingsPerFile: 100,
  findings: 300,
};

/** Used by `summarize` where the caller says nothing: headers only, so that completing an upload stays quick. */
export const SUMMARY_LIMITS: Limits = {
  ...INSPECTION_LIMITS,
  timeoutMs: 15_000,
  readBytes: 256 * MIB,
  inflatedBytes: 64 * MIB,
  pickleOpcodes: 2_000_000,
  pickleObjects: 1_000_000,
};
