import { create } from "@bufbuild/protobuf";
import { ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { commitOrThrow } from "@slipway/resources";
import { expect } from "chai";
import { newModel } from "../models/model.ts";
import { ModelStore } from "../models/model-store.ts";
import { acme, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";

const MODELS = 1200;

describe("total sizes and facets of many", () => {
  let server: MetadataServer;
  before(async () => {
    server = await startMetadata();
    const models = new ModelStore(server.documents);
    for (let first = 0; first < MODELS; first += 400) {
      const writes = Array.from({ length: 400 }, (_, index) => {
        const n = first + index;
        const labels = [`early${Math.floor(n / 1100)}`, n % 3 === 0 ? "third" : "other", `many${n % 50}`];
        const sent = create(ModelSchema, { labels, author: n % 2 === 0 ? "" : "Ada" });
        const given = { name: `m${n}`, uid: server.ids.uid(), creator: "users/alice", nowMs: server.clock.nowMs() };
        return models.insert(acme.tenantUid, newModel(sent, given));
      });
      await commitOrThrow(server.documents, server.ids, writes.flat());
    }
  });
  after(() => server.close());

  it("end at 1,001, and count the values of the newest 1,000", async () => {
    const reply = await server.as().models.listModels({ includeTotalSize: true, facets: ["labels", "author"] });
    expect(reply.totalSize).to.equal(1001);
    const [labels, authors] = reply.facets;
    expect(labels?.values).to.have.lengthOf(10);
    expect(labels?.values.slice(0, 4).map(({ value, count }) => [value, count])).to.deep.equal([
      ["early0", 900],
      ["other", 667],
      ["third", 333],
      ["early1", 100],
    ]);
    expect(authors?.values.map(({ value, count }) => [value, count])).to.deep.equal([["Ada", 500]]);
    expect([labels?.incomplete, authors?.incomplete]).to.deep.equal([true, true]);
  });

  it("go with the largest filters and words that are accepted", async () => {
    const largest = Array.from({ length: 66 }, (_, n) => `NOT author != A${n}`).join(" OR ");
    const deepest = `${"NOT (author = x OR ".repeat(14)}author != y${")".repeat(14)}`;
    const query = `${String.fromCodePoint(...Array.from({ length: 31 }, (_, n) => 0x4e00 + n))} a b c d e f g h i`;
    const clients = server.as();
    const list = (filter: string, words = "") =>
      clients.models.listModels({ filter, query: words, includeTotalSize: true, facets: ["labels", "author"] });
    expect((await list(largest, query)).totalSize).to.equal(0);
    expect((await list(deepest)).totalSize).to.equal(1001);
    await refusal(list(`${largest} OR author = a OR author = b`), "FILTER_INVALID");
    await refusal(list(`NOT (author = x OR NOT (author = x AND ${deepest}))`), "FILTER_INVALID");
  });

  it("are exact where few match, and belong to the words and the filter", async () => {
    const request = { filter: "labels:many7 author:*", query: "third", includeTotalSize: true, facets: ["labels"] };
    const { totalSize, facets, models } = await server.as().models.listModels({ ...request, pageSize: 1000 });
    expect(totalSize).to.equal(models.length);
    expect(facets[0]?.values[0]).to.include({ value: "many7", count: models.length });
    expect(facets[0]?.incomplete).to.equal(false);
  });
});
