import type { JsonObject } from "@bufbuild/protobuf";
import { contentNamed } from "./contents.ts";
import type { Caller, Knowledge } from "./known/knowledge.ts";
import type { KnownTenant } from "./known/known-tenant.ts";
import type { Operation, Sending } from "./operation.ts";
import { PLATFORM_ADMINISTRATOR, service } from "./plan/callers.ts";
import { FIRST_NAMES } from "./words.ts";

const PRINCIPAL = "users/carl";
const ROLES = ["ROLE_VIEWER", "ROLE_CONTRIBUTOR", "ROLE_REVIEWER", "ROLE_ADMIN"];

/** The files of one artifact by their paths. */
type Files = Record<string, string>;

/** Of a claim on an artifact: nothing that exists. */
const HOLDER = "00000000-0000-4000-8000-000000000001";

const ARTIFACTS: Files[] = [
  { "model.onnx": "onnx", "README.md": "card" },
  { "model.onnx": "onnx, float64" },
  { "weights/model.safetensors": "safetensors", "数据.txt": "text", empty: "empty" },
  { "model.pkl": "harmful pickle" },
  { "\u{1f600}.bin": "several chunks" },
];

/** Makes an operation out of what was learnt by the ones before it. */
type Next = (knowledge: Knowledge) => Operation;

/**
 * Two tenants with principals of every role, some models, artifacts, versions, workflows and runs: what the random
 * operations begin with. They are compared like all others.
 */
export function* firstOperations(hooksUrl: string): Generator<Next> {
  yield* newTenant("alpha", "users/ada");
  yield* newTenant("beta", "users/bob");
  for (const tenant of ["alpha", "beta"]) {
    for (const name of ["iris", ...FIRST_NAMES].map((short) => `models/${short}`)) {
      yield as(tenant, "metadata.v1.ModelService/CreateModel", () => ({ model: { name, labels: ["ada"] } }));
    }
    for (const files of tenant === "alpha" ? ARTIFACTS : ARTIFACTS.slice(0, 1)) yield* newVersion(tenant, files);
    for (const [name, path] of [
      ["manual", "/ok"],
      ["holding", "/hold"],
    ]) {
      const workflow = { name: `workflows/${name}`, steps: [{ id: "a", http: { url: `${hooksUrl}${path}` } }] };
      yield as(tenant, "workflow.v1.WorkflowService/ApplyWorkflow", () => ({ workflow }));
      yield as(tenant, "workflow.v1.RunService/StartRun", () => ({ workflow: workflow.name }));
    }
    yield* whatChanceSeldomDoes(tenant);
  }
}

/** Changes that random operations seldom get to, because several others must have gone before. */
function* whatChanceSeldomDoes(tenant: string): Generator<Next> {
  const last = (names: (known: KnownTenant) => Iterable<string>) => (knowledge: Knowledge) =>
    [...names(knowledge.tenant(tenant))].at(-1) ?? "";
  const run = last(({ runs }) => runs);
  yield as(tenant, "workflow.v1.RunService/CancelRun", (knowledge) => ({ name: run(knowledge) }));
  yield as(tenant, "workflow.v1.RunService/RetryRun", (knowledge) => ({ name: run(knowledge) }));

  const name = "models/passing";
  yield as(tenant, "metadata.v1.ModelService/CreateModel", () => ({ model: { name: "models/coming" } }));
  yield as(tenant, "metadata.v1.ModelService/RenameModel", () => ({ name: "models/coming", newName: name }));
  yield as(tenant, "metadata.v1.ModelService/DeleteModel", () => ({ name }));
  yield as(tenant, "metadata.v1.ModelService/PurgeModel", () => ({ name }));

  for (const method of ["ShareModel", "UnshareModel", "ShareModel"]) {
    yield as(tenant, `metadata.v1.ModelService/${method}`, () => ({ name: "models/iris" }));
  }

  const alias = { model: "models/iris", alias: "challenger" };
  yield as(tenant, "metadata.v1.ModelService/SetAlias", () => ({ ...alias, version: "1.0.0" }));
  yield as(tenant, "metadata.v1.ModelService/DeleteAlias", () => alias);

  const source = "models/iris/versions/1.0.0";
  const relation = { source, kind: "RELATION_KIND_TRAINED_ON", dataset: { name: "数据" } };
  for (const method of ["AddRelation", "RemoveRelation"]) {
    yield as(tenant, `metadata.v1.LineageService/${method}`, () => ({ relation }));
  }

  const workflow = { name: "workflows/passing", steps: [{ id: "a", proof: {} }] };
  yield as(tenant, "workflow.v1.WorkflowService/ApplyWorkflow", () => ({ workflow }));
  for (const method of ["GetWorkflow", "DeleteWorkflow"]) {
    yield as(tenant, `workflow.v1.WorkflowService/${method}`, () => ({ name: workflow.name }));
  }
  const policy = { name: "models/模型/reviewPolicy", requiredApprovals: 1 };
  yield as(tenant, "metadata.v1.ReviewService/UpdateReviewPolicy", () => ({ policy }));
  yield as(tenant, "metadata.v1.VersionService/CreateVersion", (knowledge) => ({
    parent: "models/模型",
    artifact: [...knowledge.tenant(tenant).artifacts][0] ?? "",
  }));
  yield as(tenant, "metadata.v1.ReviewService/ListPendingReviews", () => ({ parent: "models/-" }));
  for (const by of [byReviewer, byAdministrator]) {
    yield (knowledge) => {
      const version = last(({ versions }) => versions)(knowledge);
      return by(knowledge, tenant, "metadata.v1.ReviewService/SubmitReview", { version, verdict: 1, comment: "愛達" });
    };
  }
  yield as(tenant, "metadata.v1.ReviewService/ListReviews", (knowledge) => ({
    version: last(({ versions }) => versions)(knowledge),
  }));
  yield as(tenant, "metadata.v1.ReviewService/DeleteReviewPolicy", () => ({ name: policy.name }));

  const principal = "users/passing";
  yield as(tenant, "access.v1.AccessService/CreatePrincipal", () => ({ principal: { name: principal } }));
  yield as(tenant, "access.v1.AccessService/CreateKey", () => ({ principal, role: "ROLE_VIEWER" }));
  yield as(tenant, "access.v1.AccessService/RevokeKey", (knowledge) => ({ name: last(({ keys }) => keys)(knowledge) }));
  yield as(tenant, "access.v1.AccessService/DisablePrincipal", () => ({ name: principal }));

  const versionUid = last(({ versionUids }) => versionUids);
  const of = (knowledge: Knowledge) => ({ filter: `subject_uid = "${versionUid(knowledge)}"` });
  yield as(tenant, "workflow.v1.RunService/ListRuns", of);
  yield (knowledge) => {
    const request = { versionUid: versionUid(knowledge), run: run(knowledge), proven: true, verdict: "VERDICT_SAFE" };
    return byService(knowledge, tenant, "metadata.v1.VersionService/FinishValidation", request);
  };
  for (const method of ["AcquireReference", "ConfirmReference"]) {
    yield (knowledge) => {
      const request = { artifact: last(({ artifacts }) => artifacts)(knowledge), holderUid: HOLDER };
      return byService(knowledge, tenant, `artifact.v1.ReferenceService/${method}`, request);
    };
  }
  yield* transitions(tenant);
  const version = last(({ versions }) => versions);
  for (const method of ["AddRelation", "RemoveRelation"]) {
    yield as(tenant, `metadata.v1.LineageService/${method}`, (knowledge) => ({
      relation: { source: version(knowledge), kind: "RELATION_KIND_TRAINED_ON", dataset: { name: "wiki text" } },
    }));
  }
  yield as(tenant, "metadata.v1.VersionService/WithdrawVersion", (knowledge) => ({
    name: version(knowledge),
    reason: "愛達 found something",
  }));
  yield as(tenant, "metadata.v1.VersionService/DeleteVersion", (knowledge) => ({ name: version(knowledge) }));
}

function firstOfIris(knowledge: Knowledge, tenant: string): string {
  return [...knowledge.tenant(tenant).versions].find((name) => name.startsWith("models/iris/")) ?? "";
}

/** A version that goes through stages, back, and on to one where it waits for a check and a person. */
function* transitions(tenant: string): Generator<Next> {
  const transition = (knowledge: Knowledge) => ({ name: [...knowledge.tenant(tenant).transitions].at(-1) ?? "" });
  const request = (toStage: string) =>
    as(tenant, "metadata.v1.StageService/RequestTransition", (knowledge) => ({
      version: firstOfIris(knowledge, tenant),
      toStage,
    }));
  yield as(tenant, "metadata.v1.VersionService/ResolveVersion", () => ({ model: "models/iris" }));
  yield as(tenant, "metadata.v1.EvaluationService/RecordEvaluation", (knowledge) => ({
    parent: firstOfIris(knowledge, tenant),
    dataset: "first",
    measured: { metrics: { values: { accuracy: 0.5 } } },
  }));
  yield as(tenant, "metadata.v1.EvaluationService/CompareEvaluations", (knowledge) => ({
    baseline: firstOfIris(knowledge, tenant),
    candidate: firstOfIris(knowledge, tenant),
    dataset: "first",
  }));
  yield request("testing");
  yield request("development");
  yield as(tenant, "metadata.v1.StageService/RollBackStage", () => ({ model: "models/iris", stage: "testing" }));
  const edges = [
    { from: "development", to: "testing", checks: [{ name: "smoke" }], approvals: { count: 1 } },
    { from: "testing", to: "development", checks: [{ name: "smoke" }], approvals: { count: 1 } },
    { from: "testing", to: "production" },
    { from: "production", to: "archived" },
    { from: "archived", to: "testing" },
  ];
  const stages = [
    { name: "development" },
    { name: "testing" },
    { name: "production", exclusive: true, displacedTo: "archived" },
    { name: "archived" },
  ];
  yield as(tenant, "metadata.v1.StageService/UpdateStagePolicy", () => ({
    policy: { name: "models/iris/stagePolicy", stages, edges },
  }));
  for (const [toStage, verdict] of [
    ["development", "Approve"],
    ["testing", "Reject"],
  ] as const) {
    yield request(toStage);
    yield as(tenant, "metadata.v1.StageService/ReportCheck", (knowledge) => ({
      ...transition(knowledge),
      check: "smoke",
      state: "CHECK_STATE_PASSED",
    }));
    yield (knowledge) => {
      const method = `metadata.v1.StageService/${verdict}Transition`;
      return byRole(knowledge, tenant, "REVIEWER", method, transition(knowledge));
    };
  }
  yield request("testing");
  yield as(tenant, "metadata.v1.StageService/CancelTransition", transition);
  yield as(tenant, "metadata.v1.StageService/DeleteStagePolicy", () => ({ name: "models/iris/stagePolicy" }));
}

function* newTenant(tenant: string, administrator: string): Generator<Next> {
  const { name: caller, tenant: platform, headers } = PLATFORM_ADMINISTRATOR;
  const request = { tenant: { name: `tenants/${tenant}` }, administrator };
  yield () => ({
    method: "access.v1.AccessService/CreateTenant",
    caller,
    tenant: platform,
    headers,
    request,
    afterMs: 1,
  });
  yield as(tenant, "access.v1.AccessService/CreatePrincipal", () => ({ principal: { name: PRINCIPAL } }));
  for (const name of ["users/dora", "users/dora"]) {
    yield as(tenant, "access.v1.AccessService/CreatePrincipal", () => ({ principal: { name } }));
  }
  for (const role of ROLES) {
    yield as(tenant, "access.v1.AccessService/CreateKey", () => ({ principal: PRINCIPAL, role }));
  }
}

function* newVersion(tenant: string, files: Files): Generator<Next> {
  const upload = (knowledge: Knowledge) => [...knowledge.tenant(tenant).openUploads.keys()].at(-1) ?? "";
  yield as(tenant, "artifact.v1.UploadService/StartUpload", () => ({}));
  for (const [path, content] of Object.entries(files)) {
    yield (knowledge) => {
      const pieces = [{ content, from: 0, to: contentNamed(content).bytes.length }];
      const sending: Sending = { header: { upload: upload(knowledge), path }, pieces, resumes: false };
      return { ...byAdministrator(knowledge, tenant, "artifact.v1.UploadService/UploadFile", {}), sending };
    };
  }
  yield as(tenant, "artifact.v1.UploadService/CompleteUpload", (knowledge) => ({ upload: upload(knowledge) }));
  yield as(tenant, "metadata.v1.VersionService/CreateVersion", (knowledge) => ({
    parent: "models/iris",
    artifact: [...knowledge.tenant(tenant).artifacts].at(-1) ?? "",
  }));
  yield as(tenant, "metadata.v1.EvaluationService/RecordEvaluation", (knowledge) => ({
    parent: [...knowledge.tenant(tenant).versions].at(-1) ?? "",
    dataset: "test",
    measured: { counts: { truePositives: "80", trueNegatives: "90", falsePositives: "10", falseNegatives: "20" } },
  }));
}

function as(tenant: string, method: string, request: (knowledge: Knowledge) => JsonObject): Next {
  return (knowledge) => byAdministrator(knowledge, tenant, method, request(knowledge));
}

/** A call by the tenant's first administrator. */
export function byAdministrator(knowledge: Knowledge, tenant: string, method: string, request: JsonObject): Operation {
  return byRole(knowledge, tenant, "ADMIN", method, request);
}

/** A call by the first one of a role. */
function byRole(
  knowledge: Knowledge,
  tenant: string,
  role: Caller["role"],
  method: string,
  request: JsonObject,
): Operation {
  const caller = knowledge.callers.find((one) => one.tenant === tenant && one.role === role);
  if (caller === undefined) throw new Error(`${tenant} has nobody with the role ${role}`);
  return { method, caller: caller.name, tenant, headers: caller.headers, request, afterMs: 1 };
}

/** By somebody who has made no versions. */
function byReviewer(knowledge: Knowledge, tenant: string, method: string, request: JsonObject): Operation {
  const caller = knowledge.callers.find((one) => one.tenant === tenant && one.role === "REVIEWER");
  if (caller === undefined) throw new Error(`${tenant} has no reviewer`);
  return { method, caller: caller.name, tenant, headers: caller.headers, request, afterMs: 1 };
}

function byService(knowledge: Knowledge, tenant: string, method: string, request: JsonObject): Operation {
  const { name: caller, headers } = service(knowledge, tenant);
  return { method, caller, tenant, headers, request, afterMs: 1 };
}
