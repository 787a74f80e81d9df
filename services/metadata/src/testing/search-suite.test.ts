import { timestampMs } from "@bufbuild/protobuf/wkt";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { commitOrThrow } from "@slipway/resources";
import { expect } from "chai";
import fc from "fast-check";
import semver from "semver";
import { ModelStore } from "../models/model-store.ts";
import type { StoredVersion } from "../versions/version.ts";
import { VersionStore } from "../versions/version-store.ts";
import { acme, type MetadataServer } from "./metadata-server.test.ts";
import { plainFilters } from "./plain-filter.test.ts";
import { hasWords } from "./plain-words.test.ts";
import { type Sought, soughtVersions, TEXTS } from "./sought-versions.test.ts";

const QUERIES = 12;

const unlessEmpty = (text = "") => (text === "" ? undefined : text);

/** How each `order_by` compares two versions; undefined leaves one out. */
const ORDERS: Record<string, (stored: StoredVersion) => number | string | undefined> = {
  create_time: () => 0,
  number: ({ version }) => version.number,
  model: ({ ofModel }) => ofModel.name,
  ordinal: ({ version }) => Number(version.ordinal),
  size_bytes: ({ version }) => Number(version.sizeBytes),
  update_time: ({ version: { updateTime } }) => updateTime && timestampMs(updateTime),
  publish_time: ({ version: { publishTime } }) => publishTime && timestampMs(publishTime),
  author: ({ version: { author } }) => unlessEmpty(author),
  stage: ({ version: { stage } }) => unlessEmpty(stage),
  framework: ({ version: { summary } }) => unlessEmpty(summary?.framework),
  "metrics.f1": ({ version: { metrics } }) => (Number.isFinite(metrics.f1) ? metrics.f1 : undefined),
};

const queries = fc.record({
  filter: fc.option(plainFilters, { freq: 6 }),
  words: fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ...TEXTS.filter((text) => !text.includes("\u0000")),
        "ir",
        "cla spam",
        "图",
        "分类 图",
      ),
    },
  ),
  order: fc.constantFrom(...Object.keys(ORDERS)),
  isDescending: fc.boolean(),
  model: fc.constantFrom(undefined, undefined, 0, 1),
  showDeleted: fc.boolean(),
  isViewer: fc.nat({ max: 4 }).map((n) => n === 0),
  pageSize: fc.integer({ min: 1, max: 7 }),
});

/** Lists generated versions by generated filters, words and orders, and expects what a plain look through all finds. */
export function describeSearch(engine: string, start: () => Promise<MetadataServer>, numRuns: number): void {
  describe(`search on ${engine}`, function () {
    this.timeout(240_000);
    let server: MetadataServer;
    let tenants = 0;
    before(async () => {
      server = await start();
    });
    after(() => server?.close());

    it("finds, orders and counts what a plain look through all versions does", () =>
      fc.assert(
        fc.asyncProperty(
          fc.constant(null).chain(() => soughtVersions(() => server.ids.uid(), 20)),
          fc.array(queries, { minLength: QUERIES, maxLength: QUERIES }),
          async (sought, asked) => {
            tenants += 1;
            const tenantUid = `00000000-0000-7000-8000-${tenants.toString(16).padStart(12, "0")}`;
            await store(server, tenantUid, sought);
            for (const query of asked) await compare(server, tenantUid, sought, query);
          },
        ),
        { numRuns },
      ));
  });
}

async function store({ documents, ids }: MetadataServer, tenantUid: string, sought: Sought): Promise<void> {
  const models = new ModelStore(documents);
  const versions = new VersionStore(documents, models);
  await commitOrThrow(documents, ids, [
    ...sought.models.flatMap((model) => models.insert(tenantUid, model)),
    ...sought.versions.map((version) => versions.insert(tenantUid, version)),
  ]);
}

type Asked = typeof queries extends fc.Arbitrary<infer Value> ? Value : never;

async function compare(server: MetadataServer, tenantUid: string, sought: Sought, asked: Asked): Promise<void> {
  const { versions } = server.as({ tenantUid, tenant: acme.tenant, role: asked.isViewer ? "viewer" : "contributor" });
  const model = asked.model === undefined ? undefined : sought.models[asked.model];
  const request = {
    parent: model?.model.name ?? "models/-",
    filter: asked.filter?.text ?? "",
    query: asked.words,
    orderBy: `${asked.order}${asked.isDescending ? " desc" : ""}`,
    showDeleted: asked.showDeleted,
    includeTotalSize: true,
    facets: ["state", "stage", "labels"],
    pageSize: asked.pageSize,
  };
  const isDeleted = new Set(sought.models.flatMap(({ model: { uid, deleteTime } }) => (deleteTime ? [uid] : [])));
  const matching = sought.versions.filter((stored) => matches(stored, model?.model.uid, asked));
  const expected = ordered(matching, asked)
    .filter(({ modelUid }) => (asked.showDeleted && !asked.isViewer) || !isDeleted.has(modelUid))
    .map(({ version }) => version.uid);

  const found: string[] = [];
  let pageToken = "";
  do {
    const page = await versions.listVersions({ ...request, pageToken });
    const said = `${request.filter} | ${request.query}`;
    found.push(...page.versions.map(({ uid }) => uid));
    expect(page.totalSize, said).to.equal(matching.length);
    const facets = page.facets.map(({ values }) => values.map(({ value, count }) => [value, count]));
    expect(facets, said).to.deep.equal([
      counted(matching.map(({ version }) => [VersionState[version.state] ?? ""])),
      counted(matching.map(({ version }) => [version.stage])),
      counted(matching.map(({ version }) => version.labels)),
    ]);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(found, JSON.stringify(request)).to.deep.equal(expected);
}

function matches(stored: StoredVersion, modelUid: string | undefined, asked: Asked): boolean {
  const { version } = stored;
  if (modelUid !== undefined && stored.modelUid !== modelUid) return false;
  if (asked.isViewer && version.state !== VersionState.PUBLISHED) return false;
  if (version.deleteTime !== undefined && (asked.isViewer || !asked.showDeleted)) return false;
  return (asked.filter?.holds(stored) ?? true) && hasWords(stored, asked.words, true);
}

function ordered(versions: StoredVersion[], { order, isDescending }: Asked): StoredVersion[] {
  const sortValue = ORDERS[order] as (stored: StoredVersion) => number | string | undefined;
  const sorted = versions
    .map((stored, index) => ({ stored, index, value: sortValue(stored) }))
    .filter(({ value }) => value !== undefined)
    .sort((left, right) => compareValues(order, left.value, right.value) || left.index - right.index)
    .map(({ stored }) => stored);
  return isDescending ? sorted.reverse() : sorted;
}

function compareValues(order: string, left?: number | string, right?: number | string): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (order === "number") return semver.compare(String(left), String(right));
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
}

/** How often each value occurs, the most frequent ten first. */
function counted(values: readonly (readonly string[])[]): [string, number][] {
  const all = values.flat().filter((value) => value !== "");
  return [...new Set(all)]
    .map((value): [string, number] => [value, all.filter((one) => one === value).length])
    .sort(([left, most], [right, more]) => more - most || (left < right ? -1 : 1))
    .slice(0, 10);
}
