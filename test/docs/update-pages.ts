// usage: node test/docs/update-pages.ts    writes the generated parts of docs/ anew
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GENERATED_FILES } from "./generated-files.ts";
import { withFreshParts } from "./generated-pages.ts";

/** Undefined where the file does not exist yet. */
const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);

const root = fileURLToPath(new URL("../..", import.meta.url));
for (const page of globSync("docs/**/*.md", { cwd: root }).sort()) {
  const before = readFileSync(join(root, page), "utf8");
  const after = withFreshParts(before);
  if (after === before) continue;
  writeFileSync(join(root, page), after);
  console.log(`updated ${page}`);
}
for (const [file, render] of Object.entries(GENERATED_FILES)) {
  if (read(join(root, file)) === render()) continue;
  writeFileSync(join(root, file), render());
  console.log(`updated ${file}`);
}
