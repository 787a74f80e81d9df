import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code } from "@slipway/gen/google/rpc/code_pb.js";
import { expect } from "chai";
import { writeModelFolder } from "../faults/model-folder.ts";
import { SlipwayProcess } from "../support/slipway-process.ts";
import { buildClient } from "./client-build.ts";
import { playStory } from "./client-run.ts";
import { LANGUAGES } from "./language.ts";
import type { Story } from "./story.ts";

/** More than two messages of the default limit of 4 MiB, and no multiple of a message's size. */
const FILE_BYTES = 9_500_000;

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
          const seed = `${language.name} ${mode.name}`;
          const model = `models/Modèle 模型 ${seed}`;
          await writeModelFolder(join(folder, seed), seed, FILE_BYTES);
          const source = join(folder, seed, "weights", "model.safetensors");
          const target = join(folder, seed, "pulled");

          const story = await playStory({ language, built, url: server.url, key, source, model, target }).catch(
            (error) => {
              throw new Error(`${error.message}\nThe server's log:\n${server.log()}`);
            },
          );

          const bytes = await readFile(source);
          expect((await readFile(target)).equals(bytes)).to.equal(true);
          expect(story).to.deep.include({
            run: "RUN_STATE_SUCCEEDED",
            steps: ["proof", "inspect", "finish"],
            pulled: story.pushed,
            name: `${model}/versions/1.0.0`,
            state: "VERSION_STATE_PUBLISHED",
            path: "model.safetensors",
            sha256: createHash("sha256").update(bytes).digest("hex"),
          });
          expectErrors(story.mistakes, mode.name);
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

function expectErrors(mistakes: Story["mistakes"], mode: string): void {
  const { unknownModel, badName, badPageSize, emptyUpload, noKey } = mistakes;
  expect(unknownModel.code).to.equal(Code.NOT_FOUND);
  expect(unknownModel.message).to.include("There is no models/nowhere.");
  const unknown = { reason: "MODEL_NOT_FOUND", domain: "slipway", metadata: { name: "models/nowhere" } };
  expect(unknownModel.ErrorInfo).to.deep.equal(unknown);

  expect(badName.code).to.equal(Code.INVALID_ARGUMENT);
  expect(badName.message).to.include('A model cannot be named "a:b": it contains :.');
  expect(badName.ErrorInfo?.reason).to.equal("MODEL_NAME_INVALID");

  expect(badPageSize.code).to.equal(Code.INVALID_ARGUMENT);
  expect(badPageSize.ErrorInfo?.reason).to.equal("REQUEST_INVALID");
  expect(badPageSize.BadRequest?.fieldViolations.map(({ field }) => field)).to.deep.equal(["page_size"]);
  expect(badPageSize.BadRequest?.fieldViolations[0]?.description).to.include("less than or equal to 1000");

  expect(emptyUpload.code).to.equal(Code.FAILED_PRECONDITION);
  expect(emptyUpload.ErrorInfo?.reason).to.equal("UPLOAD_EMPTY");

  if (mode === "open") expect(noKey.code).to.equal(Code.OK);
  else expect([noKey.code, noKey.ErrorInfo?.reason]).to.deep.equal([Code.UNAUTHENTICATED, "KEY_MISSING"]);
}
