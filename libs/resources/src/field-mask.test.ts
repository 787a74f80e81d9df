import { create } from "@bufbuild/protobuf";
import { ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { expect } from "chai";
import { applyMask } from "./field-mask.ts";

const updatable = ["description", "tags", "labels"];
const current = create(ModelSchema, {
  name: "models/iris",
  description: "old",
  tags: { env: "test", team: "a" },
  labels: ["x"],
});

describe("applyMask", () => {
  it("takes what the patch sets when there is no mask", () => {
    const patch = create(ModelSchema, { name: "models/other", description: "new" });
    const result = applyMask(ModelSchema, current, patch, undefined, updatable);
    expect(result).to.deep.include({ name: "models/iris", description: "new", labels: ["x"] });
    expect(current.description).to.equal("old");
  });

  it("empties a field that the mask names and the patch leaves empty", () => {
    const result = applyMask(ModelSchema, current, create(ModelSchema), { paths: ["labels"] }, updatable);
    expect(result.labels).to.deep.equal([]);
    expect(result.description).to.equal("old");
  });

  it("changes, adds and removes single entries of a map", () => {
    const patch = create(ModelSchema, { tags: { env: "prod", "a.b": "c" } });
    const mask = { paths: ["tags.env", "tags.a.b", "tags.team"] };
    expect(applyMask(ModelSchema, current, patch, mask, updatable).tags).to.deep.equal({ env: "prod", "a.b": "c" });
  });

  it("takes every updatable field for *", () => {
    const result = applyMask(ModelSchema, current, create(ModelSchema), { paths: ["*"] }, updatable);
    expect(result).to.deep.include({ name: "models/iris", description: "", tags: {}, labels: [] });
  });

  for (const path of ["name", "nonsense", "labels.x", "tags.", "__proto__", ""]) {
    it(`refuses the path "${path}"`, () => {
      const update = () => applyMask(ModelSchema, current, create(ModelSchema), { paths: [path] }, updatable);
      expect(update).to.throw().with.property("reason", "MASK_PATH_INVALID");
    });
  }
});
