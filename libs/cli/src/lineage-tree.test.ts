import { create } from "@bufbuild/protobuf";
import { LineageSchema, RelationKind } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { expect } from "chai";
import { treeOf } from "./lineage-tree.ts";

const { DERIVED_FROM, EVALUATED_ON, FINE_TUNED_FROM, TRAINED_ON } = RelationKind;

/** The lines as they are drawn, of edges such as `b`, DERIVED_FROM, `a`. */
function drawn(way: "up" | "down", ...edges: [source: string, kind: RelationKind, target: string][]): string[] {
  const ids = [...new Set(["x", ...edges.flatMap(([source, , target]) => [source, target])])];
  const lineage = create(LineageSchema, {
    nodes: ids.map((id) => ({ id })),
    edges: edges.map(([source, kind, target]) => ({ source, kind, target })),
  });
  return treeOf(lineage, way).map(({ branch, kind, node, seen }) => `${branch}${kind} ${node.id}${seen ? " …" : ""}`);
}

describe("the tree of a lineage", () => {
  it("branches", () => {
    expect(
      drawn(
        "up",
        ["x", FINE_TUNED_FROM, "a"],
        ["x", TRAINED_ON, "d"],
        ["a", DERIVED_FROM, "b"],
        ["a", TRAINED_ON, "w"],
      ),
    ).to.deep.equal(["├── fine-tuned from a", "│   ├── derived from b", "│   └── trained on w", "└── trained on d"]);
  });

  it("shows what came from it only", () => {
    expect(drawn("down", ["x", TRAINED_ON, "d"], ["b", DERIVED_FROM, "x"], ["c", DERIVED_FROM, "b"])).to.deep.equal([
      "└── derived from b",
      "    └── derived from c",
    ]);
  });

  it("draws the branches of a node once, and none behind a measurement", () => {
    expect(
      drawn(
        "up",
        ["x", DERIVED_FROM, "a"],
        ["x", DERIVED_FROM, "b"],
        ["a", DERIVED_FROM, "c"],
        ["b", DERIVED_FROM, "a"],
      ),
    ).to.deep.equal(["├── derived from a", "│   └── derived from c", "└── derived from b", "    └── derived from a …"]);
    expect(drawn("up", ["x", EVALUATED_ON, "a"], ["a", DERIVED_FROM, "c"])).to.deep.equal(["└── evaluated on a"]);
  });
});
