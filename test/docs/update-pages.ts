// usage: node test/docs/update-pages.ts    writes the generated parts of docs/ anew
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withFreshParts } from "./generated-pages.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
for (const page of globSync("docs/**/*.md", { cwd: root }).sort()) {
  const before = readFileSync(join(root, page), "utf8");
  const after = withFreshParts(before);
  if (after === before) continue;
  writeFileSync(join(root, page), after);
  console.log(`updated ${page}`);
}
