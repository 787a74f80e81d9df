import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SlipwayProcess } from "../support/slipway-process.ts";
import { buildClient } from "./client-build.ts";
import { LANGUAGES } from "./language.ts";
import { expectWholeStory } from "./whole-story.ts";

describe("A client generated from the contract", () => {
  let folder: string;
  const modes: { name: string; server?: SlipwayProcess; key?: string }[] = [{ name: "open" }, { name: "keys" }];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-clients-"));
    for (const mode of modes) {
      mode.server = await SlipwayProcess.start({ env: { SLIPWAY_AUTH: mode.name } });
      if (mode.name === "keys") mode.key = await contributorsKey(mode.server);
    }
  });
  after(async () => {
    for (const { server } of modes) await server?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  for (const language of LANGUAGES) {
    describe(`in ${language.name}`, () => {
      let built: string;
      before(async function () {
        built = await buildClient(language, this);
      });

      for (const mode of modes) {
        it(`pushes a file, watches its admission, pulls it and understands errors, in ${mode.name} mode`, async function () {
          this.timeout(150_000);
          const { server, key } = mode as Required<typeof mode>;
          const name = `${language.name} ${mode.name}`;
          await expectWholeStory({ built, url: server.url, key, folder, name, log: server.log });
        });
      }
    });
  }
});

/** A key of the least role that may push. */
async function contributorsKey(server: SlipwayProcess): Promise<string> {
  const env = { SLIPWAY_KEY: (await readFile(join(server.home, "data", "bootstrap-key"), "utf8")).trim() };
  await server.json(["principals", "create", "users/ana"], { env });
  const { stdout } = await server.run(["keys", "create", "users/ana", "--role", "contributor"], { env });
  return stdout.trim();
}
