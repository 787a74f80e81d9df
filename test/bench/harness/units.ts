export const MEBIBYTE = 1024 * 1024;

/** Bytes in MiB. */
export function mebibytes(bytes: number): number {
  return bytes / MEBIBYTE;
}
