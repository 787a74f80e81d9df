import { fromJson } from "@bufbuild/protobuf";
import { StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { VersionSchema } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import { GENERATED_FILES } from "./generated-files.ts";
import { type JsonSchema, messageSchema } from "./message-schema.ts";

const schema = JSON.parse(GENERATED_FILES["docs/stage-policy.schema.json"]?.() ?? "{}") as JsonSchema;
const definitions = schema.$defs as Record<string, JsonSchema>;

/** A value that a schema allows, with every property that it knows. */
function example(part: JsonSchema): unknown {
  const { $ref: reference, type } = part as { $ref?: string; type?: string };
  if (reference !== undefined) return example(definitions[reference.replace("#/$defs/", "")] as JsonSchema);
  switch (type) {
    case "object":
      return Object.fromEntries(
        Object.entries(part.properties as Record<string, JsonSchema>).map(([name, each]) => [name, example(each)]),
      );
    case "array":
      return [example(part.items as JsonSchema)];
    case "boolean":
      return true;
    case "integer":
      return part.minimum;
    case "string":
      return part.pattern === undefined ? "text" : "60s";
    default:
      return (part.enum as string[])[0];
  }
}

describe("the JSON Schema of stage policies", () => {
  it("allows what the contract reads, field by field", () => {
    const policy = fromJson(StagePolicySchema, example(schema) as never, { ignoreUnknownFields: false });
    expect(policy.stages[0]).to.include({ name: "text", exclusive: true, displacedTo: "text" });
    expect(policy.edges[0]?.gates[0]).to.include({ name: "text", expression: "text" });
    expect(policy.edges[0]?.checks[0]?.reporters).to.deep.equal(["text"]);
    expect(policy.edges[0]?.approvals).to.include({ count: 1, minimumRole: 1 });
    expect(policy.expiry?.seconds).to.equal(60n);
  });

  it("has no place for what is output only, and the bounds of the contract", () => {
    expect(Object.keys(schema.properties as object)).to.deep.equal(["name", "stages", "edges", "expiry"]);
    expect(definitions.Gate).to.deep.include({ required: ["name", "expression"], additionalProperties: false });
    expect(definitions.Gate).to.have.nested.property("properties.expression.minLength", 1);
    expect(definitions.Gate).to.have.nested.property("properties.expression.maxLength", 2048);
  });

  it("is not made of messages that it would publish wrong", () => {
    expect(() => messageSchema(VersionSchema, "", "urn:test")).to.throw("there is no JSON Schema for the type of");
  });
});
