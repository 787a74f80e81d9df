const named: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
};

/**
 * The text of a STRING line: quoted, with Python's byte escapes, so that `'\x6f\x73'` is seen as `os`. Undefined when
 * the quotes do not fit.
 */
export function unquoted(line: string): string | undefined {
  const trimmed = line.trimEnd();
  const quote = trimmed[0];
  if (trimmed.length < 2 || (quote !== "'" && quote !== '"') || trimmed.at(-1) !== quote) return undefined;
  return trimmed
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g, (_, hex?: string, octal?: string, letter?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      return named[letter as string] ?? (letter as string);
    });
}

/** The text of a UNICODE line: Python's raw-unicode-escape, in which only `\uXXXX` and `\UXXXXXXXX` mean anything. */
export function unescaped(line: string): string {
  return line.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g, (whole, short?: string, long?: string) => {
    const point = Number.parseInt((short ?? long) as string, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** The number of an INT, GET or PUT line as Python reads it; undefined when it is none. */
export function decimal(line: string): number | undefined {
  return /^\s*[+-]?\d+(?:_\d+)*\s*$/.test(line) ? Number(line.replaceAll("_", "")) : undefined;
}
