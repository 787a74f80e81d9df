import { RelationKind } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { expect } from "chai";
import fc from "fast-check";
import { wayUp } from "./cycle.ts";
import { between, type GraphLookups, graphOf, type WalkOptions, walk } from "./lineage-graph.ts";
import { isDescent, type StoredRelation, type VersionPoint } from "./relation.ts";

const { DERIVED_FROM, EVALUATED_ON } = RelationKind;

const point = (id: string): VersionPoint => ({ id, modelUid: "m", number: "1.0.0", name: id });

/** `b < a`: b came from a; `b ~ a`: b was evaluated on a. */
function relation(text: string): StoredRelation {
  const [source = "", sign, target = ""] = text.split(" ");
  const kind = sign === "<" ? DERIVED_FROM : EVALUATED_ON;
  const ends = { source: point(source), target: point(target) };
  return { revision: 1, uid: text, kind, ...ends, creator: "users/a", createTimeMs: 0 };
}

function lookups(texts: readonly string[], hidden: readonly string[] = []): GraphLookups<string> {
  const all = texts.map(relation);
  return {
    relations: async (way, ids, limit) =>
      all.filter(({ source, target }) => ids.includes(way === "up" ? source.id : target.id)).slice(0, limit),
    views: async (points) => new Map(points.filter(({ id }) => !hidden.includes(id)).map(({ id }) => [id, id])),
  };
}

async function walked(texts: readonly string[], options: Partial<WalkOptions> = {}, hidden: string[] = []) {
  const graph = graphOf(point("x"), "x");
  await walk(graph, lookups(texts, hidden), { way: "down", depth: 50, descentOnly: false, ...options });
  const distances = Object.fromEntries([...graph.nodes.values()].map(({ point: { id }, distance }) => [id, distance]));
  return { graph, distances, edges: [...graph.edges.keys()], truncated: graph.truncated };
}

describe("the walk along a lineage", () => {
  it("goes down to what came from it, by the shortest way", async () => {
    const { distances, edges, truncated } = await walked(["a < x", "b < a", "b < x", "x < up", "other < up"]);
    expect({ distances, truncated }).to.deep.equal({ distances: { x: 0, a: 1, b: 1 }, truncated: false });
    expect(edges.sort()).to.deep.equal(["a < x", "b < a", "b < x"]);
  });

  it("goes up to what it came from", async () => {
    const { distances } = await walked(["x < a", "a < b", "c < x", "sibling < a"], { way: "up" });
    expect(distances).to.deep.equal({ x: 0, a: 1, b: 2 });
  });

  it("shows what was evaluated, and does not go on there unless it descends", async () => {
    const texts = ["a ~ x", "b < a", "c ~ x", "c < d", "d < x", "e < c"];
    const { distances } = await walked(texts);
    expect(distances).to.deep.equal({ x: 0, a: 1, c: 1, d: 1, e: 3 });
    expect((await walked(texts, { descentOnly: true })).distances).to.deep.equal({ x: 0, d: 1, c: 2, e: 3 });
  });

  it("says whether it goes on behind the depth", async () => {
    const texts = ["a < x", "b < a", "b < x"];
    expect(await walked(texts, { depth: 1 })).to.deep.include({ distances: { x: 0, a: 1, b: 1 }, truncated: true });
    expect(await walked(texts, { depth: 2 })).to.deep.include({ truncated: false });
    expect((await walked([...texts, "c < b"], { depth: 1 })).truncated).to.equal(true);
  });

  it("stops at its bounds and says so", async () => {
    const texts = Array.from({ length: 9 }, (_, n) => `a${n} < x`);
    const nodes = await walked(texts, { maximumNodes: 5 });
    expect({ count: Object.keys(nodes.distances).length, truncated: nodes.truncated }).to.deep.equal({
      count: 5,
      truncated: true,
    });
    const edges = await walked(texts, { maximumEdges: 5 });
    expect({ count: edges.edges.length, truncated: edges.truncated }).to.deep.equal({ count: 5, truncated: true });
    expect((await walked(texts, { maximumNodes: 10, maximumEdges: 9 })).truncated).to.equal(false);
  });

  it("leaves out what must not be seen, with what lies behind it", async () => {
    const { distances, edges } = await walked(["a < x", "b < a", "c < x"], {}, ["a"]);
    expect({ distances, edges }).to.deep.equal({ distances: { x: 0, c: 1 }, edges: ["c < x"] });
  });

  it("keeps what lies between the first point and what matches", async () => {
    const { graph } = await walked(["a < x", "b < a", "c < b", "d < x", "e < x", "b < e"]);
    const kept = between(graph, ({ point: { id } }) => id === "b");
    expect([...kept.nodes.keys()].sort()).to.deep.equal(["a", "b", "e", "x"]);
    expect([...kept.edges.keys()].sort()).to.deep.equal(["a < x", "b < a", "b < e", "e < x"]);
    expect([...between(graph, () => false).nodes.keys()]).to.deep.equal(["x"]);
  });

  it("finds in any lineage exactly what can be reached", async () => {
    const ids = ["x", "b", "c", "d", "e", "f"];
    const pair = fc
      .tuple(fc.nat(5), fc.nat(5), fc.constantFrom("<", "~"))
      .filter(([one, other]) => one !== other)
      // From a higher place to a lower one, so that nothing comes from itself.
      .map(([one, other, sign]) => `${ids[Math.max(one, other)]} ${sign} ${ids[Math.min(one, other)]}`);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(pair, { maxLength: 12 }), async (texts) => {
        const reached = new Set(["x"]);
        for (let before = 0; before !== reached.size; ) {
          before = reached.size;
          for (const each of texts.map(relation)) {
            if (isDescent(each) && reached.has(each.target.id)) reached.add(each.source.id);
          }
        }
        const { distances } = await walked(texts, { descentOnly: true });
        expect(Object.keys(distances).sort()).to.deep.equal([...reached].sort());
      }),
    );
  });
});

describe("the look for a circle", () => {
  const up = (texts: readonly string[], limit?: number) =>
    wayUp(
      point("x"),
      point("z"),
      async (ids) => texts.map(relation).filter(({ source }) => ids.includes(source.id)),
      limit,
    );

  it("finds a shortest way to what something came from", async () => {
    const way = await up(["x < a", "a < b", "b < z", "a < z", "x ~ z"]);
    expect(way === "TOO_LARGE" ? way : way?.map(({ uid }) => uid)).to.deep.equal(["x < a", "a < z"]);
  });

  it("finds none where there is none, also around measurements", async () => {
    expect(await up(["x < a", "x ~ z", "z < x"])).to.equal(undefined);
  });

  it("gives up where there are too many ancestors", async () => {
    const texts = Array.from({ length: 300 }, (_, n) => `${n === 0 ? "x" : n} < ${n + 1}`);
    expect(await up(texts, 200)).to.equal("TOO_LARGE");
    expect(await up(texts)).to.equal(undefined);
  });
});
