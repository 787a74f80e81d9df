/** Makes Node start a program that ends with the process that holds the other end of its standard input. */
export const ENDING_WITH_PARENT = `--import=${new URL("../servers/end-with-parent.ts", import.meta.url).href}`;

/** The same as a setting, for a program whose command line is not ours. */
export function endingWithParent(): { NODE_OPTIONS: string } {
  return { NODE_OPTIONS: [process.env.NODE_OPTIONS, ENDING_WITH_PARENT].filter(Boolean).join(" ") };
}
