import { expect } from "chai";
import { ALICE, closeHarnesses, openHarness } from "../testing/harness.test.ts";
import { download, push, randomBytes, sha256 } from "../testing/pushing.test.ts";

describe("an upload", () => {
  afterEach(closeHarnesses);

  for (const grpc of [false, true]) {
    it(`becomes an artifact that is downloaded byte for byte${grpc ? " over HTTP/2" : ""}`, async () => {
      const { as } = await openHarness({ grpc });
      const files = {
        "model.onnx": randomBytes(5_000_000, 1),
        "empty.txt": Buffer.alloc(0),
        "data/a.bin": randomBytes(100, 2),
      };
      const { artifact, storedBytes } = await push(as(ALICE), files);
      expect(storedBytes).to.equal(5_000_100);
      expect(artifact).to.include({ fileCount: 3, sizeBytes: 5_000_100n });
      for (const [path, bytes] of Object.entries(files)) {
        expect(sha256(await download(as(ALICE), artifact.name, path))).to.equal(sha256(bytes));
      }
    });
  }
});
