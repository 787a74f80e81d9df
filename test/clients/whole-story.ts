import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Code } from "@slipway/gen/google/rpc/code_pb.js";
import { expect } from "chai";
import { writeModelFolder } from "../faults/model-folder.ts";
import { playStory } from "./client-run.ts";
import type { Story } from "./story.ts";

/** More than two messages of the default limit of 4 MiB, and no multiple of a message's size. */
const FILE_BYTES = 9_500_000;

export interface WholeStoryOptions {
  /** The folder of the built client. */
  built: string;
  /** Address of the metadata service, or of a server that has all. */
  url: string;
  /** Absent in open mode. */
  key?: string | undefined;
  /** A folder for files, and a name that is new on the server and in the folder. */
  folder: string;
  name: string;
  /** What the servers have logged, to be shown with an error. */
  log(): string;
}

/** Lets a client play its story with a new file, and expects that it went as it should and was told in full. */
export async function expectWholeStory(options: WholeStoryOptions): Promise<void> {
  const { folder, name, log } = options;
  await writeModelFolder(join(folder, name), name, FILE_BYTES);
  const source = join(folder, name, "weights", "model.safetensors");
  const target = join(folder, name, "pulled");
  const model = `models/Modèle 模型 ${name}`;
  const story = await playStory({ ...options, source, model, target }).catch((error: Error) => {
    throw new Error(`${error.message}\nThe server's log:\n${log()}`);
  });

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
  expectErrors(story.mistakes, options.key === undefined);
}

function expectErrors(mistakes: Story["mistakes"], isOpen: boolean): void {
  const { unknownModel, badName, badPageSize, emptyUpload, noKey } = mistakes;
  expect(unknownModel.code).to.equal(Code.NOT_FOUND);
  expect(unknownModel.message).to.include("There is no models/nowhere.");
  const unknown = { reason: "MODEL_NOT_FOUND", domain: "slipway", metadata: { name: "models/nowhere" } };
  expect(unknownModel.ErrorInfo).to.deep.equal(unknown);

  expect(badName.code).to.equal(Code.INVALID_ARGUMENT);
  expect(badName.message).to.include('A model cannot be named "a:b": it contains :.');
  expect(badName.ErrorInfo?.reason).to.equal("MODEL_NAME_INVALID");
  const wrongField = { field: "model.name", description: badName.message };
  expect(badName.BadRequest).to.deep.equal({ fieldViolations: [wrongField] });

  expect(badPageSize.code).to.equal(Code.INVALID_ARGUMENT);
  expect(badPageSize.ErrorInfo?.reason).to.equal("REQUEST_INVALID");
  expect(badPageSize.BadRequest?.fieldViolations.map(({ field }) => field)).to.deep.equal(["page_size"]);
  expect(badPageSize.BadRequest?.fieldViolations[0]?.description).to.include("less than or equal to 1000");

  expect(emptyUpload.code).to.equal(Code.FAILED_PRECONDITION);
  expect(emptyUpload.ErrorInfo?.reason).to.equal("UPLOAD_EMPTY");
  const subject = emptyUpload.ErrorInfo?.metadata.name;
  expect(subject).to.match(/^uploads\/[0-9a-f-]{36}$/);
  const violation = { type: "UPLOAD_EMPTY", subject, description: emptyUpload.message };
  expect(emptyUpload.PreconditionFailure).to.deep.equal({ violations: [violation] });

  if (isOpen) expect(noKey.code).to.equal(Code.OK);
  else expect([noKey.code, noKey.ErrorInfo?.reason]).to.deep.equal([Code.UNAUTHENTICATED, "KEY_MISSING"]);
}
