import { readFileSync } from "node:fs";
import { extname } from "node:path";

/** Files whose parts docs/clients.md shows: what stands between a comment `docs: NAME` and a comment `docs: end`. */
const SHOWN = [
  "python/build.sh",
  "python/run.sh",
  "python/client.py",
  "go/build.sh",
  "go/run.sh",
  "go/main.go",
  "java/build.sh",
  "java/run.sh",
  "java/pom.xml",
  "java/src/main/java/example/Client.java",
];

const PART = /^\s*(?:#|\/\/|<!--) docs: (?!end\b)(\S+)(?: -->)?\n(.*?)^\s*(?:#|\/\/|<!--) docs: end\b/gms;

/**
 * The parts of the clients' files as blocks of Markdown, by `FILE#NAME`, such as `python/client.py#push`: the page shows
 * exactly the code that the tests run.
 */
export const CLIENT_PARTS: Readonly<Record<string, () => string>> = Object.fromEntries(
  SHOWN.flatMap((file) => {
    const text = readFileSync(new URL(file, import.meta.url), "utf8");
    return [...text.matchAll(PART)].map(([, name = "", code = ""]) => [
      `${file}#${name}`,
      () => `\`\`\`${extname(file).slice(1)}\n${withoutMargin(code)}\n\`\`\``,
    ]);
  }),
);

/** The code without the indentation that all of its lines share. */
function withoutMargin(code: string): string {
  const lines = code.trimEnd().split("\n");
  const margins = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  return lines.map((line) => line.slice(Math.min(...margins))).join("\n");
}
