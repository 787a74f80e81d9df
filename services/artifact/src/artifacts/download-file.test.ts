import { readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "@slipway/rpc";
import { expect } from "chai";
import fc from "fast-check";
import { ALICE, closeHarnesses, type Harness, openHarness } from "../testing/harness.test.ts";
import { download, failureOf, push, randomBytes, sha256, startUpload, uploadFile } from "../testing/pushing.test.ts";

const BYTES = randomBytes(9_000_000, 31);
const ACME_UID = "00000000-0000-7000-8000-000061636d65";

/** The files on disk that hold the chunks of tenant acme, largest first. */
async function chunkFiles({ folder, objects }: Harness): Promise<string[]> {
  const entries = await Array.fromAsync(objects.list(`${ACME_UID}/chunks/`));
  const names = await readdir(folder, { recursive: true });
  return entries
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
    .map(({ key }) => join(folder, names.find((name) => name.includes(key.split("/").at(-1) ?? key)) ?? ""));
}

describe("DownloadFile", () => {
  afterEach(closeHarnesses);

  it("sends exactly the asked range, whatever it is", async () => {
    const clients = (await openHarness()).as(ALICE);
    const { artifact } = await push(clients, { f: BYTES });
    const bound = fc.oneof(fc.nat({ max: BYTES.length }), fc.nat({ max: 20 }));
    await fc.assert(
      fc.asyncProperty(bound, bound, async (offset, limit) => {
        const sent = await download(clients, artifact.name, "f", {
          offsetBytes: BigInt(offset),
          limitBytes: BigInt(limit),
        });
        expect(sent.equals(BYTES.subarray(offset, limit === 0 ? undefined : offset + limit))).to.equal(true);
      }),
      {
        numRuns: 25,
        examples: [
          [BYTES.length, 0],
          [BYTES.length - 1, 0],
          [0, BYTES.length + 5],
        ],
      },
    );
  });

  it("refuses what is not there", async () => {
    const { as } = await openHarness();
    const clients = as(ALICE);
    const { artifact } = await push(clients, { "dir/f": Buffer.from("abc") });
    const beyond = { offsetBytes: 4n };
    expect(await failureOf(download(clients, artifact.name, "dir/f", beyond))).to.include({ reason: "RANGE_INVALID" });
    for (const path of ["dir", "dir/g", "a", "z", "dir/F"]) {
      expect((await failureOf(download(clients, artifact.name, path))).reason).to.equal("FILE_NOT_FOUND");
    }
    const unknown = `artifacts/${"0".repeat(64)}`;
    expect((await failureOf(download(clients, unknown, "f"))).reason).to.equal("ARTIFACT_NOT_FOUND");
    const foreign = as("other/users/bob/admin");
    expect((await failureOf(download(foreign, artifact.name, "dir/f"))).reason).to.equal("ARTIFACT_NOT_FOUND");
    const named = `tenants/acme/${artifact.name}`;
    expect((await failureOf(download(foreign, named, "dir/f"))).reason).to.equal("TENANT_FORBIDDEN");
    expect((await download(clients, named, "dir/f")).toString()).to.equal("abc");
  });

  const damages: [string, (file: string) => Promise<void>][] = [
    ["cut", (file) => truncate(file, 1000)],
    ["gone", (file) => rm(file)],
    ["changed", (file) => writeFile(file, Buffer.from("other"), { flag: "r+" })],
  ];
  for (const [what, damage] of damages) {
    it(`ends with DATA_LOSS where an object is ${what}, and is repaired by pushing the file again`, async () => {
      const harness = await openHarness();
      const clients = harness.as(ALICE);
      const { artifact } = await push(clients, { f: BYTES });
      const [largest = ""] = await chunkFiles(harness);
      await damage(largest);
      const parts: Uint8Array[] = [];
      const read = async () => {
        for await (const { data } of clients.artifacts.downloadFile({ artifact: artifact.name, path: "f" }))
          parts.push(data);
      };
      expect(await failureOf(read())).to.include({ code: "DATA_LOSS", reason: "ARTIFACT_DATA_LOST" });
      const sent = Buffer.concat(parts);
      expect(sent.equals(BYTES.subarray(0, sent.length))).to.equal(true);

      const upload = await startUpload(clients);
      const file = { path: "f", sizeBytes: BigInt(BYTES.length), sha256: sha256(BYTES) };
      expect((await clients.uploads.findMissingFiles({ upload, files: [file] })).missingPaths).to.deep.equal(["f"]);
      const { storedBytes } = await uploadFile(clients, upload, "f", BYTES);
      expect(Number(storedBytes)).to.be.within(1, BYTES.length - 1);
      expect((await clients.uploads.completeUpload({ upload })).artifact?.name).to.equal(artifact.name);
      expect((await download(clients, artifact.name, "f")).equals(BYTES)).to.equal(true);
      expect(
        (await clients.uploads.findMissingFiles({ upload: await startUpload(clients), files: [file] })).missingPaths,
      ).to.deep.equal([]);
    });
  }

  it("stops reading when its client leaves", async () => {
    let reads = 0;
    const counting: Parameters<typeof openHarness>[0] = {
      grpc: true,
      objects: (objects) => {
        const read = objects.read.bind(objects);
        return Object.assign(objects, {
          read: (...[key, range]: Parameters<typeof read>) => {
            reads += 1;
            return read(key, range);
          },
        });
      },
    };
    const clients = (await openHarness(counting)).as(ALICE);
    const large = randomBytes(64 * 1024 * 1024, 5);
    const { artifact } = await push(clients, { f: large });
    reads = 0;
    for await (const { data } of clients.artifacts.downloadFile({ artifact: artifact.name, path: "f" })) {
      expect(data.length).to.be.above(0);
      break;
    }
    expect((await download(clients, artifact.name, "f", { limitBytes: 10n })).equals(large.subarray(0, 10))).to.equal(
      true,
    );
    // 64 chunks in all; windows of 8 MiB and what is read ahead may be under way when the client leaves.
    expect(reads).to.be.below(40);
  });
});

describe("who may download", () => {
  afterEach(closeHarnesses);
  const viewer = "acme/users/vera/viewer";

  it("is what metadata says, asked once in 5 seconds", async () => {
    const { as, metadata, clock } = await openHarness();
    const { artifact } = await push(as(ALICE), { f: Buffer.from("x") });
    await download(as(viewer), artifact.name, "f");
    await download(as(viewer), artifact.name, "f");
    await as(viewer).artifacts.listFiles({ artifact: artifact.name });
    expect(metadata.asked).to.deep.equal([artifact.digest]);
    clock.advance(5_000);
    metadata.authorize = async () => {
      throw fail("DOWNLOAD_FORBIDDEN", { name: artifact.name });
    };
    expect((await failureOf(download(as(viewer), artifact.name, "f"))).reason).to.equal("DOWNLOAD_FORBIDDEN");
    const listing = as(viewer).artifacts.listFiles({ artifact: artifact.name });
    expect((await failureOf(listing)).reason).to.equal("DOWNLOAD_FORBIDDEN");
    const looking = as(viewer).artifacts.getArtifact({ name: artifact.name });
    expect((await failureOf(looking)).reason).to.equal("ARTIFACT_NOT_FOUND");
    metadata.authorize = async () => ({});
    expect((await download(as(viewer), artifact.name, "f")).toString()).to.equal("x");
  });

  it("keeps quarantined bytes from everybody but an administrator who asks for them", async () => {
    const { as, metadata } = await openHarness();
    const { artifact } = await push(as(ALICE), { f: Buffer.from("x") });
    metadata.authorize = async ({ allowDangerous }) => {
      if (!allowDangerous) throw fail("VERSION_QUARANTINED", { name: artifact.name });
      return {};
    };
    expect((await failureOf(download(as(ALICE), artifact.name, "f"))).reason).to.equal("VERSION_QUARANTINED");
    expect((await as(ALICE).artifacts.listFiles({ artifact: artifact.name })).files).to.have.length(1);
    const listing = as(viewer).artifacts.listFiles({ artifact: artifact.name });
    expect((await failureOf(listing)).reason).to.equal("DOWNLOAD_FORBIDDEN");
    const admin = as("acme/users/root/admin");
    expect((await download(admin, artifact.name, "f", { allowDangerous: true })).toString()).to.equal("x");
  });

  it("does not concern services", async () => {
    const { as, metadata } = await openHarness();
    const { artifact } = await push(as(ALICE), { f: Buffer.from("x") });
    expect((await download(as("service/acme"), artifact.name, "f")).toString()).to.equal("x");
    expect(metadata.asked).to.deep.equal([]);
  });
});
