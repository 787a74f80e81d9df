import { create } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { type Workflow, WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { expect } from "chai";
import { definitionOf, withDefinition } from "./definition.ts";

function workflow(headers: Record<string, string>): Workflow {
  const action = { case: "http", value: { url: "https://hooks.example.com/", headers } } as const;
  return create(WorkflowSchema, { name: "workflows/x", steps: [{ id: "call", action }] });
}

describe("definition", () => {
  it("fills in the defaults of the proto", () => {
    const [step] = definitionOf(workflow({})).steps;
    expect(step?.retry.maxAttempts).to.equal(5);
    expect(step && durationMs(step.attemptTimeout)).to.equal(60_000);
    expect(step && durationMs(step.totalTimeout)).to.equal(3_600_000);
    expect(step && durationMs(step.retry.initialBackoff)).to.equal(1_000);
    expect(step && durationMs(step.retry.maxBackoff)).to.equal(60_000);
  });

  it("has a digest that depends on content alone", () => {
    const one = workflow({ a: "1", b: "2" });
    const { digest } = definitionOf(one);
    expect(definitionOf(workflow({ b: "2", a: "1" })).digest).to.equal(digest);
    expect(definitionOf({ ...one, name: "workflows/other", etag: "r7", revision: 7n }).digest).to.equal(digest);
    expect(definitionOf(withDefinition(one, definitionOf(one))).digest).to.equal(digest);
    expect(definitionOf({ ...one, description: "other" }).digest).not.to.equal(digest);
    expect(definitionOf(workflow({ a: "1", b: "3" })).digest).not.to.equal(digest);
  });
});
