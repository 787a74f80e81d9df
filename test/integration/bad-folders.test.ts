import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManifestError, ScanError } from "@slipway/chunking";
import { type Connection, connect, type Progress, push } from "@slipway/client";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";

const MIB = 1024 * 1024;
const FILE_BYTES = 3 * MIB;

function writeFiles(folder: string, ...names: string[]): void {
  for (const name of names) writeFileSync(join(folder, name), "x");
}

describe("A folder that cannot be pushed", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let connection: Connection;
  let base: string;
  let folder: string;

  before(async () => {
    server = await SlipwayProcess.start();
    connection = connect({ url: server.url });
    base = await mkdtemp(join(tmpdir(), "slipway-folders-"));
  });
  after(async () => {
    connection?.close();
    await server?.remove();
    if (base !== undefined) await rm(base, { recursive: true });
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(base, "model-"));
  });

  const pushed = (onProgress?: (progress: Progress) => void) =>
    push(connection, {
      path: folder,
      model: "refused",
      stateFolder: join(base, "client"),
      onProgress,
      signal: new AbortController().signal,
    });

  async function refusal(onProgress?: (progress: Progress) => void): Promise<ScanError | ManifestError> {
    const failure = await pushed(onProgress).then(
      () => expect.fail("it was pushed"),
      (error: unknown) => error,
    );
    if (!(failure instanceof ScanError || failure instanceof ManifestError)) throw failure;
    const { models } = await connection.models.listModels({});
    expect(models).to.deep.equal([]);
    return failure;
  }

  const cases: [what: string, make: (folder: string) => unknown, code: string, text: RegExp][] = [
    [
      "nothing in it",
      () => {},
      "NOTHING_TO_PUSH",
      /has no files, so there is nothing to push: name the folder that holds the model\.$/,
    ],
    [
      "empty folders only",
      (at) => mkdirSync(join(at, "a/b"), { recursive: true }),
      "NOTHING_TO_PUSH",
      /has no files, so there is nothing to push/,
    ],
    [
      "all of it ignored",
      (at) => {
        writeFileSync(join(at, "model.bin"), "x");
        writeFileSync(join(at, ".slipwayignore"), "*\n");
      },
      "NOTHING_TO_PUSH",
      /has nothing to push: \.slipwayignore leaves out all that is in it\.$/,
    ],
    [
      "a link to a folder",
      (at) => symlinkSync(tmpdir(), join(at, "linked")),
      "LINK_TO_FOLDER",
      /\/linked" is a link to a folder: put the folder itself there, or list the link in \.slipwayignore\.$/,
    ],
    ["a link to itself", (at) => symlinkSync(".", join(at, "self")), "LINK_TO_FOLDER", /\/self" is a link to a folder/],
    [
      "a link that leads nowhere",
      (at) => symlinkSync("missing", join(at, "broken")),
      "LINK_BROKEN",
      /\/broken" is a link that leads to no file: repair it, or list it in \.slipwayignore\.$/,
    ],
    [
      "names that differ in case only",
      (at) => writeFiles(at, "README.md", "Readme.md"),
      "PATH_CASE_CLASH",
      /^The paths "README\.md" and "Readme\.md" differ only in case, so some disks cannot hold both: rename one of them\.$/,
    ],
    [
      "one name in two Unicode forms",
      (at) => writeFiles(at, "caf\u00e9", "cafe\u0301"),
      "PATH_REPEATED",
      /^The path "caf\u00e9" .*: /,
    ],
    [
      "a name with a backslash",
      (at) => writeFileSync(join(at, "a\\b"), "x"),
      "PATH_BACKSLASH",
      /^The path "a\\\\b" has a backslash: separate folders by "\/", or rename the file\.$/,
    ],
    [
      "a name with a line break",
      (at) => writeFileSync(join(at, "a\nb"), "x"),
      "PATH_CONTROL_CHARACTER",
      /^The path "a\\nb" has a control character: rename the file\.$/,
    ],
    [
      "a name that is not UTF-8",
      (at) => writeFileSync(Buffer.concat([Buffer.from(`${at}/`), Buffer.from([0x66, 0xff])]), "x"),
      "PATH_NOT_UNICODE",
      /is not UTF-8: rename the file\.$/,
    ],
  ];
  for (const [what, make, code, text] of cases) {
    it(`has ${what}`, async () => {
      make(folder);
      const failure = await refusal();
      expect(failure.code).to.equal(code);
      expect(failure.message).to.match(text);
    });
  }

  it("has a socket", async () => {
    const socket = createServer();
    await once(socket.listen(join(folder, "socket")), "listening");
    const failure = await refusal();
    socket.close();
    expect(failure.code).to.equal("NOT_A_FILE");
    expect(failure.message).to.match(/\/socket" is neither a file nor a folder \(a socket, pipe or device\): list it/);
  });

  const changes: [what: string, change: (file: string) => void, code: string, advice: string][] = [
    ["grows", (file) => appendFileSync(file, "more"), "CHANGED", "push again when nothing writes to it"],
    ["shrinks", (file) => truncateSync(file, MIB), "CHANGED", "push again when nothing writes to it"],
    [
      "is written again in the same size",
      (file) => {
        writeFileSync(file, randomBytes(FILE_BYTES));
        utimesSync(file, new Date(0), new Date(0));
      },
      "CHANGED",
      "push again when nothing writes to it",
    ],
    ["vanishes", (file) => rmSync(file), "VANISHED", "push again when nothing changes it"],
  ];
  for (const phase of ["hashing", "sending"] as const) {
    for (const [what, change, code, advice] of changes) {
      // While it is sent the file is open, so that its bytes are still all there after it was removed.
      if (phase === "sending" && code === "VANISHED") continue;
      it(`has a file that ${what} during ${phase}, and is pushed when that has ended`, async () => {
        const file = join(folder, "weights.bin");
        writeFileSync(file, randomBytes(FILE_BYTES));
        let changed = false;
        const failure = await refusal((progress) => {
          if (changed || progress.phase !== phase || progress.doneBytes === 0) return;
          changed = true;
          change(file);
        });
        expect(failure.code).to.equal(code);
        expect(failure.message).to.match(
          new RegExp(`/weights\\.bin" (changed|vanished) while it was read: ${advice}\\.$`),
        );

        writeFileSync(file, randomBytes(FILE_BYTES));
        const { version } = await pushed();
        expect(Number(version.sizeBytes)).to.equal(FILE_BYTES);
        await connection.models.deleteModel({ name: "models/refused" });
        await connection.models.purgeModel({ name: "models/refused" });
      });
    }
  }

  it("leaves the server without a word of trouble", () => {
    expect(server.log()).to.equal("");
  });
});
