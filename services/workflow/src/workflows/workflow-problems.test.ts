import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { type StepSchema, WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { expect } from "chai";
import { admissionWorkflow } from "./admission.ts";
import { workflowProblems } from "./workflow-problems.ts";

type StepInit = MessageInitShape<typeof StepSchema>;

const http = { case: "http", value: { url: "https://hooks.example.com/x" } } as const;
const inspect = { case: "inspect", value: {} } as const;
const step = (id: string, needs: string[] = [], rest: Partial<StepInit> = {}): StepInit =>
  ({ id, needs, action: http, ...rest }) as StepInit;

function problemsOf(steps: StepInit[], triggers: { eventType: string; filter?: string }[] = []): string[] {
  const workflow = create(WorkflowSchema, { name: "workflows/x", steps, triggers });
  return workflowProblems(workflow).map(({ field, description }) => `${field}: ${description}`);
}

describe("workflow problems", () => {
  it("finds none in a diamond with a filter", () => {
    const steps = [step("a"), step("b", ["a"]), step("c", ["a"]), step("d", ["b", "c"])];
    const triggers = [{ eventType: "slipway.version.published", filter: "event.payload.number == '1.0.0'" }];
    expect(problemsOf(steps, triggers)).to.deep.equal([]);
  });

  const cases: [string, () => string[], RegExp][] = [
    ["a cycle of three", () => problemsOf([step("a", ["c"]), step("b", ["a"]), step("c", ["b"])]), /a → c → b → a/],
    ["a step that needs itself", () => problemsOf([step("a", ["a"])]), /a → a/],
    [
      "a cycle behind an entry",
      () => problemsOf([step("x", ["a"]), step("a", ["b"]), step("b", ["a"])]),
      /: a → b → a\./,
    ],
    ["an unknown need", () => problemsOf([step("a", ["nope"])]), /steps\[0\]\.needs\[0\]: There is no step "nope"/],
    ["an id used twice", () => problemsOf([step("a"), step("a")]), /steps\[1\]\.id: workflow\.steps\[0\]/],
    [
      "finish-validation in a tenant's workflow",
      () => problemsOf([step("a", [], { action: { case: "finishValidation", value: {} } })]),
      /steps\[0\]\.finish_validation/,
    ],
    ["an event nobody sends", () => problemsOf([step("a")], [{ eventType: "slipway.version.eaten" }]), /event_type/],
    [
      "an event that would start itself",
      () => problemsOf([step("a")], [{ eventType: "slipway.run.finished" }]),
      /starts no/,
    ],
    [
      "a filter with a syntax error",
      () => problemsOf([step("a")], [{ eventType: "slipway.model.created", filter: "event." }]),
      /triggers\[0\]\.filter: .*line 1, character/,
    ],
    [
      "a step about a version behind an event about a model",
      () => problemsOf([step("a", [], { action: inspect })], [{ eventType: "slipway.model.created" }]),
      /triggers\[0\]\.event_type: The step "a" needs a version/,
    ],
    [
      "a check of a transition behind an event about a version",
      () =>
        problemsOf(
          [step("a", [], { action: { case: "reportCheck", value: { check: "smoke" } } })],
          [{ eventType: "slipway.version.published" }],
        ),
      /triggers\[0\]\.event_type: The step "a" needs a transition/,
    ],
    [
      "a version behind an event about a transition",
      () => problemsOf([step("a", [], { action: inspect })], [{ eventType: "slipway.transition.applied" }]),
      /triggers\[0\]\.event_type: The step "a" needs a version/,
    ],
    [
      "the report of a check, which would start itself",
      () => problemsOf([step("a")], [{ eventType: "slipway.transition.checked" }]),
      /starts no/,
    ],
    [
      "a scheme that is not HTTP",
      () => problemsOf([step("a", [], { action: { case: "http", value: { url: "file:///etc/passwd" } } })]),
      /http\.url: file is not supported/,
    ],
    [
      "a password in a URL",
      () => problemsOf([step("a", [], { action: { case: "http", value: { url: "https://u:p@example.com/" } } })]),
      /Authorization header/,
    ],
    [
      "headers that are Slipway's",
      () =>
        problemsOf([
          step("a", [], { action: { case: "http", value: { url: "https://x.example/", headers: { HOST: "y" } } } }),
        ]),
      /http\.headers\["HOST"\]/,
    ],
    [
      "a header given twice",
      () =>
        problemsOf([
          step("a", [], {
            action: { case: "http", value: { url: "https://x.example/", headers: { "X-A": "1", "x-a": "2" } } },
          }),
        ]),
      /http\.headers\["x-a"\]/,
    ],
    [
      "a longest pause below the first",
      () =>
        problemsOf([
          step("a", [], { retry: { initialBackoff: durationFromMs(5000), maxBackoff: durationFromMs(1000) } }),
        ]),
      /retry\.max_backoff/,
    ],
  ];

  for (const [name, problems, expected] of cases) {
    it(`refuses ${name}`, () => {
      const found = problems();
      expect(found).to.have.length(1);
      expect(found[0]).to.match(expected);
    });
  }

  it("would find only the step that admission alone may have in admission", () => {
    const found = workflowProblems(admissionWorkflow).map((problem) => problem.field);
    expect(found).to.deep.equal(["workflow.steps[2].finish_validation"]);
  });
});
