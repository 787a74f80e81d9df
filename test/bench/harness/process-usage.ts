import { readFileSync } from "node:fs";

const BYTES_PER_KIB = 1024;
/** Linux counts processor time in hundredths of a second for all readers (USER_HZ, proc(5)). */
const TICKS_PER_SECOND = 100;

export interface MemoryUse {
  /** Memory in use now (VmRSS). */
  residentBytes: number;
  /** The most memory that was ever in use (VmHWM). */
  peakBytes: number;
}

/** What Linux tells of a process's memory; throws where there is no /proc. */
export function memoryOf(pid: number): MemoryUse {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * BYTES_PER_KIB;
  return { residentBytes: field("VmRSS"), peakBytes: field("VmHWM") };
}

/** Seconds of processor time that a process has used, in user and in system mode together. */
export function processorSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  // Fields 14 and 15 of proc(5); the first after the command is field 3.
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
