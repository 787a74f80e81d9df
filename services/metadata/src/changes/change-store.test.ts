import { create } from "@bufbuild/protobuf";
import { ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { CommitConflict } from "@slipway/resources";
import { expect } from "chai";
import { type MetadataServer, startMetadata } from "../testing/metadata-server.test.ts";
import { ChangeStore } from "./change-store.ts";
import { KeyedQueue } from "./keyed-queue.ts";

describe("ChangeStore", () => {
  let server: MetadataServer;
  before(async () => {
    server = await startMetadata();
  });
  after(() => server.close());

  it("tells a plan that lost its race, also before it had writes, that others may have changed something", async () => {
    const { documents, clock, ids } = server;
    const changes = new ChangeStore({ documents, clock, ids, queue: new KeyedQueue() });
    const told: boolean[] = [];
    const turn = { key: "models/a", name: "models/a", signal: new AbortController().signal };
    await changes.inTurn(turn, async (mayHaveChanged) => {
      told.push(mayHaveChanged);
      if (!mayHaveChanged) throw new CommitConflict(0, "REVISION_MISMATCH");
      return { writes: [], response: create(ModelSchema) };
    });
    expect(told).to.deep.equal([false, true]);
  });
});
