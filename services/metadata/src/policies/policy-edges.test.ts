import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { type Fault, gates, itRefuses, policyWith } from "../testing/policy-faults.test.ts";

const faults: Fault[] = [
  [
    "an edge from nowhere",
    { stages: [{ name: "dev" }], edges: [{ from: "gone", to: "dev" }] },
    "policy.edges[0].from",
    'There is no stage "gone". Use one of dev.',
  ],
  [
    "an edge to nowhere",
    { stages: [{ name: "dev" }], edges: [{ from: "dev", to: "gone" }] },
    "policy.edges[0].to",
    'There is no stage "gone". Use one of dev.',
  ],
  [
    "an edge to itself",
    { stages: [{ name: "dev" }], edges: [{ from: "dev", to: "dev" }] },
    "policy.edges[0].to",
    'It leads from "dev" to itself. Name another stage.',
  ],
  [
    "two edges between the same stages",
    {
      stages: [{ name: "dev" }, { name: "old" }],
      edges: [
        { from: "dev", to: "old" },
        { from: "dev", to: "old" },
      ],
    },
    "policy.edges[1].to",
    'policy.edges[0] leads from "dev" to "old" already. Put what both ask for into one.',
  ],
  [
    "a gate that does not compile",
    policyWith({ edge: gates("version.metrics.f1 >") }),
    "policy.edges[0].gates[0].expression",
    "It cannot be judged: line 1, character 20: ",
  ],
  [
    "a gate with an unknown field",
    policyWith({ edge: gates("true", "version.score > 1") }),
    "policy.edges[0].gates[1].expression",
    'It cannot be judged: a version has no field "score", only number',
  ],
  [
    "a gate with an unknown variable",
    policyWith({ edge: gates("model.name == 'x'") }),
    "policy.edges[0].gates[0].expression",
    'It cannot be judged: there is no "model", only "version"',
  ],
  [
    "a gate that gives no answer",
    policyWith({ edge: gates("1 + 1") }),
    "policy.edges[0].gates[0].expression",
    "It cannot be judged: it must give true or false.",
  ],
  [
    "a gate that is nested too deep",
    policyWith({ edge: gates(`size(${"[".repeat(150)}1${"]".repeat(150)}) == 1`) }),
    "policy.edges[0].gates[0].expression",
    "It cannot be judged: it is nested too deep.",
  ],
  [
    "a gate over long",
    policyWith({ edge: gates(`version.author == '${"x".repeat(3000)}'`) }),
    "policy.edges[0].gates[0].expression",
    "It cannot be judged: it is longer than 2048 characters.",
  ],
  [
    "two gates of one name",
    policyWith({
      edge: {
        gates: [
          { name: "g", expression: "true" },
          { name: "g", expression: "true" },
        ],
      },
    }),
    "policy.edges[0].gates[1].name",
    'gates[0] has the name "g" already. Give each its own.',
  ],
  [
    "a check in capitals",
    policyWith({ edge: { checks: [{ name: "Smoke test" }] } }),
    "policy.edges[0].checks[0].name",
    '"Smoke test" does not match [a-z][a-z0-9_-]*. Choose another name.',
  ],
  [
    "two checks of one name",
    policyWith({ edge: { checks: [{ name: "smoke" }, { name: "smoke" }] } }),
    "policy.edges[0].checks[1].name",
    'checks[0] has the name "smoke" already. Give each its own.',
  ],
  [
    "a reporter who is nobody",
    policyWith({ edge: { checks: [{ name: "smoke", reporters: ["users/ada", "ci"] }] } }),
    "policy.edges[0].checks[0].reporters[1]",
    '"ci" is no principal. Use users/NAME or serviceAccounts/NAME.',
  ],
  [
    "approvals by viewers",
    policyWith({ edge: { approvals: { count: 1, minimumRole: Role.VIEWER } } }),
    "policy.edges[0].approvals.minimum_role",
    "Viewers cannot approve. Use ROLE_CONTRIBUTOR, ROLE_REVIEWER or ROLE_ADMIN.",
  ],
  [
    "automatic edges in a circle",
    {
      stages: [{ name: "a" }, { name: "b" }, { name: "c" }],
      edges: [
        { from: "a", to: "b", automatic: true },
        { from: "b", to: "c", automatic: true },
        { from: "c", to: "a", automatic: true },
      ],
    },
    "policy.edges[2].automatic",
    'Automatic edges lead from "a" back to "c": versions would run in circles. Make one of them not automatic.',
  ],
  [
    "more bytes than can be stored",
    policyWith({
      edge: {
        gates: Array.from({ length: 50 }, (_, index) => ({
          name: `g${index}`,
          expression: `version.author != '${"\u0001".repeat(1000)}'`,
        })),
      },
    }),
    "policy",
    "It has ",
  ],
];

describe("edges of a stage policy", () => {
  itRefuses(faults);
});
