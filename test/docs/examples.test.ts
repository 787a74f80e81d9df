import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "@slipway/runtime/testing";
import { consoleBlocks } from "./console-blocks.ts";
import { Session } from "./session.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PAGES = globSync(["README.md", "README.zh.md", "docs/**/*.md"], { cwd: root }).sort();
/** Room for a block of several commands, each of which has a limit of its own. */
const BLOCK_TIMEOUT_MS = 300_000;

async function openSession(): Promise<Session> {
  const { stdout } = await promisify(execFile)("git", ["ls-files"], { cwd: root, maxBuffer: 1 << 24 });
  const committed = new Set(stdout.split("\n").map((path) => path.replace(/\/.*/, "")));
  const address = `127.0.0.1:${await freePort()}`;
  return Session.open({
    root,
    entries: [...committed, "node_modules"].filter((entry) => entry !== "" && !entry.startsWith(".")),
    address,
    environment: { SLIPWAY_LISTEN: address },
  });
}

for (const page of PAGES) {
  describe(`The examples of ${page}`, () => {
    const sessions = new Map<string, Promise<Session>>();

    after(async function () {
      this.timeout(BLOCK_TIMEOUT_MS);
      for (const session of sessions.values()) await (await session).close();
    });

    for (const block of consoleBlocks(readFileSync(join(root, page), "utf8"))) {
      const title = `line ${block.line}: ${block.commands.map(({ text }) => text.split("\n")[0]).join("; ")}`;
      if (block.skip !== undefined) {
        it.skip(`${title} (${block.skip})`);
        continue;
      }
      it(title, async function () {
        this.timeout(BLOCK_TIMEOUT_MS);
        const session = sessions.get(block.session) ?? openSession();
        sessions.set(block.session, session);
        await (await session).run(block);
      });
    }
  });
}
