import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ALICE, type Clients, closeHarnesses, openHarness } from "../testing/harness.test.ts";
import {
  download,
  failureOf,
  fileRequests,
  randomBytes,
  sha256,
  startUpload,
  uploadFile,
} from "../testing/pushing.test.ts";
import { mountSmallDisk, type SmallDisk, skipBecause } from "../testing/small-disk.test.ts";

const MIB = 1024 * 1024;
const BYTES = randomBytes(48 * MIB, 51);

async function filesOf({ uploads }: Clients, upload: string) {
  return (await uploads.getUpload({ name: upload })).files;
}

describe("a full disk", () => {
  let disk: SmallDisk;
  /** Takes room away until it is removed. */
  let ballast: string;

  before(async function () {
    const mounted = await mountSmallDisk(96);
    if (mounted === undefined) return skipBecause(this, "a small disk cannot be mounted here; it takes root");
    disk = mounted;
    ballast = join(disk.folder, "ballast");
  });
  after(() => disk?.remove());
  afterEach(closeHarnesses);
  afterEach(() => rm(ballast, { force: true }));

  it("under the objects ends an upload with STORAGE_FULL, which resumes once there is room", async () => {
    const { as } = await openHarness({ grpc: true, objectsFolder: join(disk.folder, "objects") });
    const clients = as(ALICE);
    await writeFile(ballast, Buffer.alloc(56 * MIB));
    const upload = await startUpload(clients);
    const failure = await failureOf(uploadFile(clients, upload, "f", BYTES));
    expect(failure).to.include({ reason: "STORAGE_FULL", code: "RESOURCE_EXHAUSTED" });
    const [partial] = await filesOf(clients, upload);
    const offsetBytes = partial?.durableBytes ?? 0n;
    expect(partial?.complete ?? false).to.equal(false);

    const known = await failureOf(clients.uploads.completeUpload({ upload }));
    expect(known.reason).to.be.oneOf(["UPLOAD_FILE_INCOMPLETE", "UPLOAD_EMPTY"]);
    await rm(ballast);
    const { file } = await uploadFile(clients, upload, "f", BYTES, { offsetBytes, sha256: sha256(BYTES) });
    expect(file?.complete).to.equal(true);
    const { artifact } = await clients.uploads.completeUpload({ upload });
    expect(sha256(await download(clients, artifact?.name ?? "", "f"))).to.equal(sha256(BYTES));
  });

  it("tells a client that still sends, and does not wait for its end", async () => {
    const { as } = await openHarness({ grpc: true, objectsFolder: join(disk.folder, "objects-2") });
    const clients = as(ALICE);
    await writeFile(ballast, Buffer.alloc(80 * MIB)).catch(() => undefined);
    const upload = await startUpload(clients);
    async function* endless() {
      yield* fileRequests({ upload, path: "f" }, BYTES);
      await new Promise(() => undefined);
    }
    expect((await failureOf(clients.uploads.uploadFile(endless()))).reason).to.equal("STORAGE_FULL");
  });

  it("under the documents refuses every write with STORAGE_FULL and loses nothing", async () => {
    const folder = join(disk.folder, "documents");
    const objectsFolder = await mkdtemp(join(tmpdir(), "slipway-artifact-"));
    await mkdir(folder);
    const { as } = await openHarness({ folder, objectsFolder });
    const clients = as(ALICE);
    const upload = await startUpload(clients);
    await uploadFile(clients, upload, "kept", Buffer.from("kept"));
    await writeFile(ballast, Buffer.alloc(96 * MIB)).catch(() => undefined);

    let refused = 0;
    for (let index = 0; index < 200 && refused < 3; index += 1) {
      const outcome = await uploadFile(clients, upload, `f${index}`, randomBytes(2000, index)).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (outcome === undefined) continue;
      expect(outcome).to.include({ reason: "STORAGE_FULL" });
      refused += 1;
    }
    expect(refused).to.equal(3);
    expect((await failureOf(clients.uploads.completeUpload({ upload }))).reason).to.equal("STORAGE_FULL");
    await rm(ballast);
    for (const { path, complete } of await filesOf(clients, upload))
      expect([path, complete]).to.deep.equal([path, true]);
    const { artifact } = await clients.uploads.completeUpload({ upload });
    expect((await download(clients, artifact?.name ?? "", "kept")).toString()).to.equal("kept");
    await rm(objectsFolder, { recursive: true });
  });
});
