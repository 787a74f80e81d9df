import { commitOrThrow } from "@slipway/resources";
import { expect } from "chai";
import fc from "fast-check";
import semver from "semver";
import { ModelStore } from "../models/model-store.ts";
import { acme, type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { numbers } from "../testing/numbers.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { changedVersion } from "./version.ts";
import { VersionStore } from "./version-store.ts";

/** A version with what evaluations have written into it. */
async function withMetrics(
  { documents, clock, ids }: MetadataServer,
  model: string,
  number: string,
  metrics: Record<string, number>,
): Promise<void> {
  const versions = new VersionStore(documents, new ModelStore(documents));
  const stored = (await versions.find(acme.tenantUid, model, number))?.version;
  if (stored === undefined) throw new Error(`there is no version ${number}`);
  await commitOrThrow(documents, ids, [
    versions.replace(acme.tenantUid, changedVersion(stored, clock.nowMs(), { metrics })),
  ]);
}

describe("ListVersions", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
    await versions.model("a");
    await versions.model("b");
    await versions.publish("models/a", { number: "1.0.0", artifact: 5, tags: { env: "prod" }, author: "Ada" });
    server.clock.advance(1000);
    await versions.create("models/a", { number: "1.10.0", artifact: 3, labels: ["fast"] });
    server.clock.advance(1000);
    await versions.publish("models/a", { number: "1.9.0", artifact: 4, tags: { env: "prod" } });
    server.clock.advance(1000);
    await versions.publish("models/b", { number: "1.9.5", artifact: 5 });
    const { name } = await versions.create("models/b", { number: "0.1.0", artifact: 6 });
    await alice.versions.deleteVersion({ name });
    await alice.models.setAlias({ model: "models/a", alias: "champion", version: "1.0.0" });
    await alice.models.setAlias({ model: "models/a", alias: "best", version: "1.9.0" });
    await alice.models.setAlias({ model: "models/a", alias: "old", version: "1.0.0" });
    await alice.models.setAlias({ model: "models/a", alias: "champion", version: "1.9.0" });
    await alice.models.setAlias({ model: "models/b", alias: "champion", version: "1.9.5" });
    await alice.models.setAlias({ model: "models/b", alias: "gone", version: "1.9.5" });
    await alice.models.deleteAlias({ model: "models/b", alias: "gone" });
    await withMetrics(server, "a", "1.0.0", { f1: 0.8, "loss/val": 2 });
    await withMetrics(server, "a", "1.9.0", { f1: 0.9, bad: Number.NaN });
  });
  after(() => server.close());

  type Request = Parameters<Clients["versions"]["listVersions"]>[0];
  const list = async (request: Request, clients = alice) =>
    (await clients.versions.listVersions(request)).versions.map(({ name }) =>
      name.replace("models/", "").replace("/versions/", "@"),
    );

  const digest = (seed: number) => seed.toString(16).padStart(64, "0");
  const cases: [parent: string, filter: string, found: string[]][] = [
    ["a", "", ["a@1.0.0", "a@1.10.0", "a@1.9.0"]],
    ["-", "", ["a@1.0.0", "a@1.10.0", "a@1.9.0", "b@1.9.5"]],
    ["a", "state = PUBLISHED AND tags.env = prod", ["a@1.0.0", "a@1.9.0"]],
    ["a", "state = VALIDATING", ["a@1.10.0"]],
    ["-", "NOT state = PUBLISHED", ["a@1.10.0"]],
    ["-", "stage = development", ["a@1.0.0", "a@1.9.0", "b@1.9.5"]],
    ["-", `artifact = artifacts/${digest(5)}`, ["a@1.0.0", "b@1.9.5"]],
    ["-", `artifact = ${digest(4)}`, ["a@1.9.0"]],
    ["-", "number = 1.9.5", ["b@1.9.5"]],
    ["a", "ordinal >= 2", ["a@1.10.0", "a@1.9.0"]],
    ["-", "size_bytes < 1005", ["a@1.10.0", "a@1.9.0"]],
    ["-", "labels = fast", ["a@1.10.0"]],
    ["-", "author = Ada", ["a@1.0.0"]],
    ["a", 'framework = "skl2onnx 1.19" AND formats = onnx AND ordinal = 1', ["a@1.0.0"]],
    ["a", 'create_time > "2026-11-22T08:00:01Z"', ["a@1.9.0"]],
    ["-", "NOT publish_time:*", ["a@1.10.0"]],
    ["-", 'publish_time >= "2026-11-22T08:00:02Z"', ["a@1.9.0", "b@1.9.5"]],
    ["-", "NOT stage:*", ["a@1.10.0"]],
    ["-", "stage = dev* number = 1.9*", ["a@1.9.0", "b@1.9.5"]],
    ["-", "formats:onnx labels:*", ["a@1.10.0"]],
    ["-", "metrics.f1 > 0.8", ["a@1.9.0"]],
    ["-", "metrics.f1 >= 0.8 AND metrics.loss/val <= 2", ["a@1.0.0"]],
    ["-", "metrics:f1", ["a@1.0.0", "a@1.9.0"]],
    ["-", "NOT metrics:*", ["a@1.10.0", "b@1.9.5"]],
    ["-", "metrics:bad", []],
    ["-", "metrics.f1 != 0.9 stage = development", ["a@1.0.0", "b@1.9.5"]],
    ["-", "alias = champion", ["a@1.9.0", "b@1.9.5"]],
    ["-", "alias:champion alias:best", ["a@1.9.0"]],
    ["-", "alias:*", ["a@1.0.0", "a@1.9.0", "b@1.9.5"]],
    ["-", "alias = gone OR alias = old", ["a@1.0.0"]],
    ["-", "model = b", ["b@1.9.5"]],
    ["-", "model = models/a number = 1.9.0", ["a@1.9.0"]],
    ["-", "name = models/b/versions/1.9.5", ["b@1.9.5"]],
    ["-", 'name = "models/a/*" -stage:*', ["a@1.10.0"]],
    ["-", "b", ["b@1.9.5"]],
    ["-", "Ada", ["a@1.0.0"]],
    ["-", "prod -ada", ["a@1.9.0"]],
  ];
  for (const [parent, filter, found] of cases) {
    it(`finds ${found.join(", ")} in models/${parent} by ${filter.slice(0, 50)}`, async () => {
      expect(await list({ parent: `models/${parent}`, filter })).to.deep.equal(found);
    });
  }

  const orders: [parent: string, orderBy: string, found: string[]][] = [
    ["a", "number", ["a@1.0.0", "a@1.9.0", "a@1.10.0"]],
    ["a", "number desc", ["a@1.10.0", "a@1.9.0", "a@1.0.0"]],
    ["-", "number desc", ["a@1.10.0", "b@1.9.5", "a@1.9.0", "a@1.0.0"]],
    ["a", "size_bytes", ["a@1.10.0", "a@1.9.0", "a@1.0.0"]],
    ["a", "create_time desc", ["a@1.9.0", "a@1.10.0", "a@1.0.0"]],
    ["a", "update_time desc", ["a@1.9.0", "a@1.0.0", "a@1.10.0"]],
    ["a", "ordinal desc", ["a@1.9.0", "a@1.10.0", "a@1.0.0"]],
    ["-", "publish_time desc", ["b@1.9.5", "a@1.9.0", "a@1.0.0"]],
    ["-", "metrics.f1 desc", ["a@1.9.0", "a@1.0.0"]],
    ["-", "metrics.loss/val", ["a@1.0.0"]],
    ["-", "metrics.unknown", []],
    ["-", "author", ["a@1.0.0"]],
    ["-", "stage desc", ["b@1.9.5", "a@1.9.0", "a@1.0.0"]],
    ["a", "framework", ["a@1.0.0", "a@1.10.0", "a@1.9.0"]],
    ["-", "model desc", ["b@1.9.5", "a@1.9.0", "a@1.10.0", "a@1.0.0"]],
  ];
  for (const [parent, orderBy, found] of orders) {
    it(`orders models/${parent} by ${orderBy}`, async () => {
      expect(await list({ parent: `models/${parent}`, orderBy })).to.deep.equal(found);
    });
  }

  it("finds by words, and by words and a filter", async () => {
    expect(await list({ parent: "models/-", query: "PROD" })).to.deep.equal(["a@1.0.0", "a@1.9.0"]);
    expect(await list({ parent: "models/-", query: "prod", filter: "metrics.f1 > 0.8" })).to.deep.equal(["a@1.9.0"]);
    expect(await list({ parent: "models/b", query: "prod" })).to.deep.equal([]);
    await refusal(list({ parent: "models/b", query: "?" }), "QUERY_INVALID");
  });

  it("counts all matches and their values, when asked to", async () => {
    const request = {
      parent: "models/a",
      includeTotalSize: true,
      facets: ["stage", "state", "labels", "model"],
      pageSize: 1,
    };
    const counted = await alice.versions.listVersions(request);
    expect(counted.versions).to.have.lengthOf(1);
    expect(counted.totalSize).to.equal(3);
    expect(
      counted.facets.map(({ field, values, incomplete }) => [field, values.map((v) => [v.value, v.count]), incomplete]),
    ).to.deep.equal([
      ["stage", [["development", 2]], false],
      [
        "state",
        [
          ["PUBLISHED", 2],
          ["VALIDATING", 1],
        ],
        false,
      ],
      ["labels", [["fast", 1]], false],
      ["model", [["a", 3]], false],
    ]);
    const viewed = await server.as({ role: "viewer" }).versions.listVersions(request);
    expect([viewed.totalSize, viewed.facets[1]?.values.length]).to.deep.equal([2, 1]);
    const unasked = await alice.versions.listVersions({ parent: "models/a" });
    expect([unasked.totalSize, unasked.facets]).to.deep.equal([0, []]);
    await refusal(alice.versions.listVersions({ parent: "models/a", facets: ["size_bytes"] }), "REQUEST_INVALID");
  });

  it("pages by precedence as semver compares, for any numbers", async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(numbers, { minLength: 1, maxLength: 12 }), async (given) => {
        round += 1;
        const parent = await versions.model(`order ${round}`);
        await Promise.all(given.map((number) => versions.create(parent, { number, artifact: 1 })));
        const paged: string[] = [];
        let pageToken = "";
        do {
          const page = await alice.versions.listVersions({ parent, orderBy: "number", pageSize: 3, pageToken });
          paged.push(...page.versions.map(({ number }) => number));
          pageToken = page.nextPageToken;
        } while (pageToken !== "");
        expect(paged).to.deep.equal(semver.sort([...given]));
      }),
      { numRuns: 8 },
    );
  });

  it("makes pages shorter than asked for where they would not fit into a message", async () => {
    const parent = await versions.model("heavy");
    const tags = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`t${index}`, "\u20ac".repeat(1024)]));
    for (let index = 0; index < 12; index += 1) await versions.create(parent, { artifact: 1, tags });
    const sizes: number[] = [];
    let pageToken = "";
    do {
      const page = await alice.versions.listVersions({ parent, pageSize: 100, pageToken });
      sizes.push(page.versions.length);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(sizes).to.deep.equal([10, 2]);
  });

  it("shows deleted versions when asked for, but not to viewers", async () => {
    const viewer = server.as({ role: "viewer" });
    expect(await list({ parent: "models/b", showDeleted: true })).to.deep.equal(["b@1.9.5", "b@0.1.0"]);
    expect(await list({ parent: "models/b", showDeleted: true }, viewer)).to.deep.equal(["b@1.9.5"]);
  });

  it("shows viewers published versions only", async () => {
    const viewer = server.as({ role: "viewer" });
    expect(await list({ parent: "models/a" }, viewer)).to.deep.equal(["a@1.0.0", "a@1.9.0"]);
    expect(await list({ parent: "models/a", filter: "state = VALIDATING" }, viewer)).to.deep.equal([]);
  });

  it("refuses unknown models, fields and states, and says where", async () => {
    await refusal(list({ parent: "models/nobody" }), "MODEL_NOT_FOUND");
    const unknown = await refusal(list({ parent: "models/a", filter: "ordinal = 1 AND metric > 3" }), "FILTER_INVALID");
    expect(unknown.message).to.contain("at character 17").and.contain('there is no field "metric"');
    const state = await refusal(list({ parent: "models/a", filter: "state = DONE" }), "FILTER_INVALID");
    expect(state.message).to.contain("none of VALIDATING, REJECTED, READY, PUBLISHED, WITHDRAWN");
    await refusal(list({ parent: "models/a", orderBy: "labels" }), "ORDER_BY_INVALID");
  });

  it("refuses a page token of another parent, role or tenant", async () => {
    const { nextPageToken: pageToken } = await alice.versions.listVersions({ parent: "models/a", pageSize: 1 });
    const other = server.as({ tenantUid: "00000000-0000-7000-8000-0000000000b0", tenant: "other" });
    const calls = [
      list({ parent: "models/b", pageToken }),
      list({ parent: "models/-", pageToken }),
      list({ parent: "models/a", query: "prod", pageToken }),
      list({ parent: "models/a", pageToken }, server.as({ role: "viewer" })),
      list({ parent: "models/-", pageToken }, other),
    ];
    await Promise.all(calls.map((call) => refusal(call, "PAGE_TOKEN_INVALID")));
  });
});
