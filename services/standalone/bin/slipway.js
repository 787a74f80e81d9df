#!/usr/bin/env node
// Starts the command on the Node that the project pins, also where the host's own is older.
import { spawn } from "node:child_process";
import { createRequire, enableCompileCache } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

if (Number(process.versions.node.split(".")[0]) >= 24) {
  // Compiled code is kept from the second start on: faster, and smaller by a third. Worker threads read the variable.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("../../../node_modules/.cache/slipway", import.meta.url));
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import("../src/main.ts");
} else {
  const node = join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", "node");
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends ctrl-C to both; what is sent to this process alone is passed on.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
