import { setImmediate as nextTurn } from "node:timers/promises";
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

const BYTES = randomBytes(48 * 1024 * 1024, 11);
const MIB = 1024 * 1024;

async function fileOf({ uploads }: Clients, upload: string) {
  return (await uploads.getUpload({ name: upload })).files[0];
}

/** Polls a condition of the service without a clock. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await nextTurn();
  }
}

/** Sends the beginning of the file and then waits for ever, until the returned function cuts the call off. */
function startSending({ uploads }: Clients, upload: string, bytes: Uint8Array) {
  const cut = new AbortController();
  async function* requests() {
    yield* fileRequests({ upload, path: "f" }, bytes);
    await new Promise((_, reject) => cut.signal.addEventListener("abort", () => reject(new Error("cut"))));
  }
  const call = uploads.uploadFile(requests(), { signal: cut.signal }).then(
    () => new Error("the call succeeded"),
    (error: unknown) => error,
  );
  return async () => {
    cut.abort();
    await call;
  };
}

for (const grpc of [false, true]) {
  describe(`an interrupted UploadFile${grpc ? " over HTTP/2" : ""}`, () => {
    afterEach(closeHarnesses);

    it("leaves its durable beginning and resumes at exactly that offset, also after a restart", async () => {
      const harness = await openHarness({ grpc });
      const upload = await startUpload(harness.as(ALICE));
      const cutOff = startSending(harness.as(ALICE), upload, BYTES.subarray(0, 44 * MIB));
      const isHalf = async () =>
        Number((await fileOf(harness.as(ALICE), upload))?.durableBytes ?? 0) > 30 * MIB ? true : undefined;
      await until(isHalf);
      await cutOff();
      await harness.close();

      const again = await openHarness({ grpc, folder: harness.folder });
      const clients = again.as(ALICE);
      const partial = await fileOf(clients, upload);
      expect(partial).to.include({ complete: false, sha256: "" });
      expect(Number(partial?.durableBytes)).to.be.within(30 * MIB, 44 * MIB);
      const incomplete = await failureOf(clients.uploads.completeUpload({ upload }));
      expect(incomplete).to.include({ reason: "UPLOAD_FILE_INCOMPLETE" });
      for (const offset of [1n, (partial?.durableBytes ?? 0n) - 1n, (partial?.durableBytes ?? 0n) + 1n]) {
        const failure = await failureOf(uploadFile(clients, upload, "f", BYTES, { offsetBytes: offset }));
        expect(failure.reason).to.equal("UPLOAD_OFFSET_MISMATCH");
        expect(failure.metadata.expected).to.equal(String(partial?.durableBytes));
      }
      const header = {
        offsetBytes: partial?.durableBytes ?? 0n,
        sizeBytes: BigInt(BYTES.length),
        sha256: sha256(BYTES),
      };
      const reply = await uploadFile(clients, upload, "f", BYTES, header);
      expect(reply.file).to.include({ complete: true, durableBytes: BigInt(BYTES.length), sha256: sha256(BYTES) });
      // What came after the last recorded progress may be in the store already, and is then not new.
      expect(Number(reply.storedBytes)).to.be.at.most(BYTES.length - Number(partial?.durableBytes));
      const { artifact } = await clients.uploads.completeUpload({ upload });
      expect(sha256(await download(clients, artifact?.name ?? "", "f"))).to.equal(sha256(BYTES));
    });

    it("keeps others from writing the file while it runs, and lets them once its client is gone", async () => {
      const clients = (await openHarness({ grpc })).as(ALICE);
      const upload = await startUpload(clients);
      const cutOff = startSending(clients, upload, BYTES.subarray(0, 40 * MIB));
      await until(async () => ((await fileOf(clients, upload)) === undefined ? undefined : true));
      const failure = await failureOf(uploadFile(clients, upload, "f", BYTES));
      expect(failure).to.include({ reason: "UPLOAD_FILE_BUSY", code: "ABORTED" });
      expect((await uploadFile(clients, upload, "g", Buffer.from("x"))).file?.complete).to.equal(true);
      await cutOff();
      expect((await uploadFile(clients, upload, "f", BYTES)).file?.sha256).to.equal(sha256(BYTES));
    });

    it("ends when the upload is given up meanwhile", async () => {
      const clients = (await openHarness({ grpc })).as(ALICE);
      const upload = await startUpload(clients);
      async function* requests() {
        yield* fileRequests({ upload, path: "f" }, BYTES.subarray(0, 40 * MIB));
        await until(async () => ((await fileOf(clients, upload)) === undefined ? undefined : true));
        await clients.uploads.abortUpload({ name: upload });
        for (let from = 40 * MIB; from < BYTES.length; from += MIB) {
          yield { content: { case: "data" as const, value: BYTES.subarray(from, from + MIB) } };
        }
      }
      expect((await failureOf(clients.uploads.uploadFile(requests()))).reason).to.equal("UPLOAD_NOT_OPEN");
    });
  });
}
