/** Makes Node start a program that ends with the process that holds the other end of its standard input. */
export const ENDING_WITH_PARENT = `--import=${new URL("../servers/end-with-parent.ts", import.meta.url).href}`;
