import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import type { AcrossTenants, CollectionDefinition, DocumentStore, Write } from "@slipway/documents";
import { openSqliteDocuments } from "@slipway/documents/sqlite";
import {
  CreateModelRequestSchema,
  type CreateModelResponse,
  CreateModelResponseSchema,
  ModelService,
} from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import type { CallContext, Caller } from "@slipway/rpc";
import { silentLogger, systemIds } from "@slipway/runtime";
import { expect } from "chai";
import { CommitConflict, commitOrThrow } from "./commit.ts";
import { idempotent, removeLapsedRequests, requestsCollection } from "./idempotency.ts";

const things: CollectionDefinition = {
  name: "things",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};
const HOUR_MS = 60 * 60 * 1000;
const REQUEST_ID = "0190f0e4-0000-7000-8000-000000000001";
const alice: Caller = { tenantUid: "t1", tenant: "acme", principal: "users/alice", role: "admin", service: false };

describe("idempotent", () => {
  let folder: string;
  let documents: DocumentStore;
  let acrossTenants: AcrossTenants;
  let nowMs: number;
  const clock = { nowMs: () => nowMs };

  beforeEach(async () => {
    nowMs = 1_700_000_000_000;
    folder = await mkdtemp(join(tmpdir(), "slipway-resources-"));
    const collections = [requestsCollection, things];
    ({ documents, acrossTenants } = await openSqliteDocuments({ path: join(folder, "x.sqlite"), collections, clock }));
  });
  afterEach(async () => {
    await documents.close();
    await rm(folder, { recursive: true });
  });

  const contextOf = (caller: Caller): CallContext => ({
    method: ModelService.method.createModel,
    signal: new AbortController().signal,
    draining: new AbortController().signal,
    deadlineMs: undefined,
    headers: new Map(),
    requestId: "",
    log: silentLogger,
    caller,
  });
  const make = (name: string, { caller = alice, requestId = REQUEST_ID, tags = {} } = {}) => {
    const request = create(CreateModelRequestSchema, { model: { name, tags }, requestId });
    return idempotent<CreateModelResponse>({ documents, clock }, contextOf(caller), request, async (record) => {
      const id = systemIds.uid();
      const response = create(CreateModelResponseSchema, { model: { name, uid: id } });
      const thing: Write = { kind: "insert", key: { tenant: caller.tenantUid, collection: "things", id }, body: {} };
      await commitOrThrow(documents, systemIds, [thing, ...record(response)]);
      return response;
    });
  };
  const count = (tenant = "t1") => documents.count({ tenant, collection: "things" }, 100);

  it("gives the first reply again and does the work once", async () => {
    const first = await make("models/a");
    expect((await make("models/a")).model?.uid).to.equal(first.model?.uid);
    expect(await count()).to.equal(1);
  });

  it("does the work of calls at the same moment once", async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => make("models/a")));
    expect(new Set(replies.map(({ model }) => model?.uid)).size).to.equal(1);
    expect(await count()).to.equal(1);
  });

  it("does not care in which order a client sends the entries of a map", async () => {
    const first = await make("models/a", { tags: { x: "1", y: "2" } });
    expect((await make("models/a", { tags: { y: "2", x: "1" } })).model?.uid).to.equal(first.model?.uid);
  });

  it("refuses the id with another body", async () => {
    await make("models/a");
    const error = await make("models/b").catch((thrown: unknown) => thrown);
    expect(error).to.have.property("reason", "REQUEST_ID_REUSED");
    expect(await count()).to.equal(1);
  });

  it("keeps the ids of principals and tenants apart", async () => {
    await make("models/a");
    await make("models/a", { caller: { ...alice, principal: "users/bob" } });
    await make("models/a", { caller: { ...alice, tenantUid: "t2" } });
    expect(await count()).to.equal(2);
    expect(await count("t2")).to.equal(1);
  });

  it("works each time without an id", async () => {
    await make("models/a", { requestId: "" });
    await make("models/a", { requestId: "" });
    expect(await count()).to.equal(2);
  });

  it("forgets after 24 hours, and room is made", async () => {
    const first = await make("models/a");
    nowMs += 24 * HOUR_MS - 1;
    expect((await make("models/a")).model?.uid).to.equal(first.model?.uid);
    expect(await removeLapsedRequests(documents, acrossTenants, clock, systemIds)).to.equal(0);
    nowMs += 1;
    expect((await make("models/a")).model?.uid).to.not.equal(first.model?.uid);
    nowMs += 25 * HOUR_MS;
    expect(await removeLapsedRequests(documents, acrossTenants, clock, systemIds)).to.equal(1);
  });

  it("remembers nothing of work that failed", async () => {
    const request = create(CreateModelRequestSchema, { model: { name: "models/a" }, requestId: REQUEST_ID });
    const failing = idempotent<CreateModelResponse>({ documents, clock }, contextOf(alice), request, async () => {
      throw new CommitConflict(0, "ALREADY_EXISTS");
    });
    expect(await failing.catch((thrown: unknown) => thrown)).to.be.instanceOf(CommitConflict);
    await make("models/a");
    expect(await count()).to.equal(1);
  });
});
