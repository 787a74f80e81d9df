const ANY = "…";

function pattern(line: string): RegExp {
  const parts = line
    .trim()
    .split(ANY)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** The lines of a command's output that a page could show: no colour, no trailing spaces, no empty lines. */
function visibleLines(output: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes start with a control character
  const plain = output.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");
  return plain
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/**
 * Whether the output of a command is what a page shows: line by line, where runs of spaces are alike, empty lines do not
 * count, `…` stands for anything within a line, and a line of only `…` for any number of lines. No expected line at all
 * accepts everything.
 */
export function matchesOutput(expected: readonly string[], output: string): boolean {
  const wanted = expected.map((line) => line.trim()).filter((line) => line !== "");
  if (wanted.length === 0) return true;
  const actual = visibleLines(output);
  // reachable: after the wanted lines so far, at which actual lines the comparison may stand
  let reachable = new Set([0]);
  for (const line of wanted) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (line === ANY) {
        for (let later = at; later <= actual.length; later++) next.add(later);
      } else if (at < actual.length && pattern(line).test(actual[at] as string)) {
        next.add(at + 1);
      }
    }
    reachable = next;
  }
  return reachable.has(actual.length);
}
