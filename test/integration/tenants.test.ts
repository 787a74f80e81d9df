import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  type Message,
  type MessageInitShape,
  toJson,
} from "@bufbuild/protobuf";
import { type Connection, connectionOver } from "@slipway/client";
import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { EventService as ArtifactEvents } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { ReferenceService } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { UploadService } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { EvaluationService } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { EventService as MetadataEvents } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { RelationKind } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { LineageService } from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import { ModelService } from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { ReviewService } from "@slipway/gen/slipway/metadata/v1/review_service_pb.js";
import { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { CheckState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";

import { EventService as WorkflowEvents } from "@slipway/gen/slipway/workflow/v1/event_service_pb.js";
import { RunService } from "@slipway/gen/slipway/workflow/v1/run_service_pb.js";
import { WorkflowService } from "@slipway/gen/slipway/workflow/v1/workflow_service_pb.js";
import { RpcError, type Transport } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { type ComposedServer, startComposed } from "../support/composed-server.ts";
import { forgettingTenants } from "../support/forgetting-tenants.ts";
import { fillTenant, snapshotOf, type TenantWorld } from "../support/tenant-world.ts";

const SERVICES: DescService[] = [
  AccessService,
  ModelService,
  VersionService,
  StageService,
  ReviewService,
  LineageService,
  EvaluationService,
  MetadataEvents,
  UploadService,
  ArtifactService,
  ReferenceService,
  ArtifactEvents,
  WorkflowService,
  RunService,
  WorkflowEvents,
];

/** The requests with which tenant B tries each method on what tenant A has. */
type Attempts = (a: TenantWorld) => object[];
const digestOf = (a: TenantWorld) => a.artifact.replace("artifacts/", "");

const MEASURED = { form: { case: "metrics", value: { values: { accuracy: 1 } } } };

const CASES: Record<string, Attempts> = {
  "access.v1.AccessService/WhoAmI": () => [{}],
  "access.v1.AccessService/Authenticate": () => [{ key: `slw_${"0".repeat(32)}_${"A".repeat(43)}` }],
  "access.v1.AccessService/AuthorizeDownload": (a) => [
    { tenantUid: a.tenantUid, principal: a.principal, role: Role.ADMIN, artifactDigest: digestOf(a) },
  ],
  "access.v1.AccessService/CreateTenant": (a) => [{ tenant: { name: a.tenant } }],
  "access.v1.AccessService/ListTenants": () => [{}],
  "access.v1.AccessService/CreatePrincipal": (a) => [
    { principal: { name: `${a.tenant}/${a.principal}` } },
    { principal: { name: "serviceAccounts/robot", owner: a.principal } },
  ],
  "access.v1.AccessService/ListPrincipals": (a) => [{}, { pageToken: a.tokens.principals, pageSize: 1 }],
  "access.v1.AccessService/DisablePrincipal": (a) => [{ name: a.principal }, { name: `${a.tenant}/${a.principal}` }],
  "access.v1.AccessService/CreateKey": (a) => [
    { principal: a.principal, role: Role.ADMIN },
    { principal: `${a.tenant}/${a.principal}`, role: Role.ADMIN },
  ],
  "access.v1.AccessService/ListKeys": (a) => [{}, { pageToken: a.tokens.keys, pageSize: 1 }],
  "access.v1.AccessService/RevokeKey": (a) => [{ name: a.key }, { name: `${a.tenant}/${a.key}` }],

  "metadata.v1.ModelService/CreateModel": (a) => [{ model: { name: `${a.tenant}/${a.model}-3` } }],
  "metadata.v1.ModelService/GetModel": (a) => both(a, a.model, (name) => ({ name })),
  "metadata.v1.ModelService/ListModels": (a) => [
    { showDeleted: true },
    { pageToken: a.tokens.models, pageSize: 1 },
    { filter: `name = "${a.model.replace("models/", "")}"` },
    { shared: true },
  ],
  "metadata.v1.ModelService/UpdateModel": (a) =>
    both(a, a.model, (name) => ({
      model: { name, description: "taken over" },
      updateMask: { paths: ["description"] },
    })),
  "metadata.v1.ModelService/RenameModel": (a) => both(a, a.model, (name) => ({ name, newName: "models/taken" })),
  "metadata.v1.ModelService/DeleteModel": (a) => both(a, a.model, (name) => ({ name })),
  "metadata.v1.ModelService/UndeleteModel": (a) => both(a, a.model, (name) => ({ name })),
  "metadata.v1.ModelService/PurgeModel": (a) => both(a, a.model, (name) => ({ name })),
  "metadata.v1.ModelService/ShareModel": (a) => both(a, a.model, (name) => ({ name })),
  "metadata.v1.ModelService/UnshareModel": (a) => both(a, a.model, (name) => ({ name })),
  "metadata.v1.ModelService/SetAlias": (a) =>
    both(a, a.model, (model) => ({ model, alias: "champion", version: "1.0.0" })),
  "metadata.v1.ModelService/DeleteAlias": (a) => both(a, a.model, (model) => ({ model, alias: "champion" })),

  "metadata.v1.ModelService/PreviewRetention": (a) =>
    both(a, a.model, (name) => ({ name, policy: { keepLast: 1, keepStages: ["production"] } })),

  "metadata.v1.VersionService/CreateVersion": (a) => [
    ...both(a, a.model, (parent) => ({ parent, artifact: a.artifact })),
    { parent: "models/of-b", artifact: a.artifact },
  ],
  "metadata.v1.VersionService/GetVersion": (a) => both(a, a.version, (name) => ({ name })),
  "metadata.v1.VersionService/ListVersions": (a) => [
    ...both(a, a.model, (parent) => ({ parent })),
    { parent: "models/-", showDeleted: true },
    { parent: "models/-", pageToken: a.tokens.versions, pageSize: 1 },
    { parent: "models/-", filter: `artifact = "${a.artifact}"` },
  ],
  "metadata.v1.VersionService/UpdateVersion": (a) =>
    both(a, a.version, (name) => ({ version: { name, description: "taken over" } })),
  "metadata.v1.VersionService/DeleteVersion": (a) => both(a, a.version, (name) => ({ name })),
  "metadata.v1.VersionService/UndeleteVersion": (a) => both(a, a.version, (name) => ({ name })),
  "metadata.v1.VersionService/WithdrawVersion": (a) => both(a, a.version, (name) => ({ name, reason: "not yours" })),
  "metadata.v1.VersionService/ResolveVersion": (a) => both(a, a.model, (model) => ({ model, selector: "latest" })),
  "metadata.v1.VersionService/CompareVersions": (a) => [
    ...both(a, a.version, (first) => ({ first, second: "models/of-b/versions/1.0.0" })),
    ...both(a, a.version, (second) => ({ first: "models/of-b/versions/1.0.0", second })),
  ],
  "metadata.v1.VersionService/FinishValidation": (a) => [
    { versionUid: a.versionUid, run: a.run, proven: true, verdict: Verdict.SAFE },
  ],
  "metadata.v1.StageService/GetStagePolicy": (a) => [
    ...both(a, `${a.model}/stagePolicy`, (name) => ({ name })),
    { name: `${a.tenant}/stagePolicy` },
  ],
  "metadata.v1.StageService/UpdateStagePolicy": (a) => [
    ...both(a, `${a.model}/stagePolicy`, (name) => ({ policy: { name, stages: [{ name: "taken" }] } })),
    { policy: { name: `${a.tenant}/stagePolicy`, stages: [{ name: "taken" }] } },
  ],
  "metadata.v1.StageService/DeleteStagePolicy": (a) => [
    ...both(a, `${a.model}/stagePolicy`, (name) => ({ name })),
    { name: `${a.tenant}/stagePolicy` },
    { name: "stagePolicy" },
  ],
  "metadata.v1.StageService/TestStagePolicy": (a) => [
    ...both(a, `${a.model}/stagePolicy`, (name) => ({ policy: { name, stages: [{ name: "taken" }] } })),
    { policy: { name: "stagePolicy", stages: [{ name: "taken" }] }, transitionCount: 1000 },
  ],
  "metadata.v1.StageService/RequestTransition": (a) =>
    both(a, a.version, (version) => ({ version, toStage: "testing" })),
  "metadata.v1.StageService/GetTransition": (a) => both(a, a.transition, (name) => ({ name })),
  "metadata.v1.StageService/ListTransitions": (a) => [
    ...both(a, a.model, (parent) => ({ parent })),
    { parent: "models/-" },
    { parent: "models/-", pageToken: a.tokens.transitions, pageSize: 1 },
    { parent: "models/-", filter: 'requester = "users/ada"' },
  ],
  "metadata.v1.StageService/ApproveTransition": (a) => byName(a, a.transition),
  "metadata.v1.StageService/RejectTransition": (a) => byName(a, a.transition),
  "metadata.v1.StageService/CancelTransition": (a) => byName(a, a.transition),
  "metadata.v1.StageService/ReportCheck": (a) => [
    ...both(a, a.transition, (name) => ({ name, check: "smoke", state: CheckState.PASSED })),
    { name: `models/of-b/transitions/${a.transitionUid}`, check: "smoke", state: CheckState.FAILED },
  ],
  "metadata.v1.StageService/RollBackStage": (a) => both(a, a.model, (model) => ({ model, stage: "testing" })),
  "metadata.v1.StageService/GetStageAt": (a) => both(a, a.model, (model) => ({ model, stage: "testing" })),
  "metadata.v1.StageService/ListStageEntries": (a) => [
    ...both(a, a.model, (parent) => ({ parent })),
    { parent: "models/of-b", pageToken: a.tokens.entries, pageSize: 1 },
  ],
  "metadata.v1.LineageService/AddRelation": (a) => [
    ...both(a, a.version, (source) => relation(source, { case: "dataset", value: { name: "x" } })),
    ...both(a, a.version, (value) => relation("models/of-b/versions/1.0.0", { case: "version", value })),
  ],
  "metadata.v1.LineageService/RemoveRelation": (a) => [
    ...both(a, a.version, (source) => relation(source, { case: "dataset", value: { name: a.dataset } })),
  ],
  "metadata.v1.LineageService/GetLineage": (a) => [
    ...both(a, a.version, (value) => ({ root: { case: "version", value } })),
    { root: { case: "dataset", value: { name: a.dataset } } },
  ],
  "metadata.v1.EvaluationService/RecordEvaluation": (a) => [
    ...both(a, a.version, (parent) => ({ parent, dataset: "test", measured: MEASURED })),
    {
      parent: "models/of-b/versions/1.0.0",
      dataset: "test",
      datasetArtifact: a.artifact,
      measured: MEASURED,
    },
  ],
  "metadata.v1.EvaluationService/RecordPredictions": (a) => [
    { content: { case: "header", value: { parent: a.version, dataset: "test" } } },
  ],
  "metadata.v1.EvaluationService/GetEvaluation": (a) => both(a, a.evaluation, (name) => ({ name })),
  "metadata.v1.EvaluationService/ListEvaluations": (a) => [
    ...both(a, a.version, (parent) => ({ parent })),
    { parent: a.version, pageToken: a.tokens.evaluations, pageSize: 1 },
  ],
  "metadata.v1.EvaluationService/CompareEvaluations": (a) =>
    both(a, a.version, (candidate) => ({ baseline: a.version, candidate })),
  "metadata.v1.ReviewService/SubmitReview": (a) => both(a, a.version, (version) => ({ version, verdict: 1 })),
  "metadata.v1.ReviewService/ListReviews": (a) => both(a, a.version, (version) => ({ version })),
  "metadata.v1.ReviewService/ListPendingReviews": (a) => [
    ...both(a, a.model, (parent) => ({ parent })),
    { parent: "models/-" },
  ],
  "metadata.v1.ReviewService/GetReviewPolicy": (a) => both(a, `${a.model}/reviewPolicy`, (name) => ({ name })),
  "metadata.v1.ReviewService/UpdateReviewPolicy": (a) => [
    ...both(a, `${a.model}/reviewPolicy`, (name) => ({ policy: { name, requiredApprovals: 1 } })),
    { policy: { name: `${a.tenant}/reviewPolicy` } },
  ],
  "metadata.v1.ReviewService/DeleteReviewPolicy": (a) => both(a, `${a.model}/reviewPolicy`, (name) => ({ name })),
  "metadata.v1.EventService/ListEvents": () => [{}],
  "metadata.v1.EventService/WatchEvents": () => [{}],

  "artifact.v1.UploadService/StartUpload": () => [{}],
  "artifact.v1.UploadService/GetUpload": (a) => [
    ...both(a, a.upload, (name) => ({ name })),
    { name: a.upload, pageToken: a.tokens.upload, pageSize: 1 },
  ],
  "artifact.v1.UploadService/UploadFile": (a) => [
    { content: { case: "header", value: { upload: a.upload, path: "planted.txt" } } },
  ],
  "artifact.v1.UploadService/FindMissingFiles": (a) =>
    both(a, a.upload, (upload) => ({
      upload,
      files: [{ path: a.path, sizeBytes: BigInt(a.fileBytes), sha256: a.fileSha256 }],
    })),
  "artifact.v1.UploadService/CompleteUpload": (a) => both(a, a.upload, (upload) => ({ upload })),
  "artifact.v1.UploadService/AbortUpload": (a) => both(a, a.upload, (name) => ({ name })),
  "artifact.v1.ArtifactService/GetArtifact": (a) => both(a, a.artifact, (name) => ({ name })),
  "artifact.v1.ArtifactService/ListFiles": (a) => [
    ...both(a, a.artifact, (artifact) => ({ artifact })),
    { artifact: a.artifact, pageToken: a.tokens.files, pageSize: 1 },
  ],
  "artifact.v1.ArtifactService/DownloadFile": (a) => both(a, a.artifact, (artifact) => ({ artifact, path: a.path })),
  "artifact.v1.ArtifactService/InspectArtifact": (a) => both(a, a.artifact, (artifact) => ({ artifact })),
  "artifact.v1.ArtifactService/CollectGarbage": () => [{}, { validateOnly: true }],
  "artifact.v1.ReferenceService/AcquireReference": (a) => [{ artifact: a.artifact, holderUid: a.modelUid }],
  "artifact.v1.ReferenceService/ConfirmReference": (a) => [{ artifact: a.artifact, holderUid: a.versionUid }],
  "artifact.v1.ReferenceService/ReleaseReference": (a) => [{ artifact: a.artifact, holderUid: a.versionUid }],
  "artifact.v1.ReferenceService/ListReferences": (a) => [{ artifact: a.artifact }, {}],
  "artifact.v1.EventService/ListEvents": () => [{}],
  "artifact.v1.EventService/WatchEvents": () => [{}],

  "workflow.v1.WorkflowService/ApplyWorkflow": (a) => [
    { workflow: { name: `${a.tenant}/${a.workflow}`, steps: [{ id: "x", action: { case: "proof", value: {} } }] } },
  ],
  "workflow.v1.WorkflowService/GetWorkflow": (a) => both(a, a.workflow, (name) => ({ name })),
  "workflow.v1.WorkflowService/ListWorkflows": (a) => [{}, { pageToken: a.tokens.workflows, pageSize: 2 }],
  "workflow.v1.WorkflowService/DeleteWorkflow": (a) => both(a, a.workflow, (name) => ({ name })),
  "workflow.v1.WorkflowService/ValidateWorkflow": () => [
    { workflow: { name: "workflows/x", steps: [{ id: "x", action: { case: "proof", value: {} } }] } },
  ],
  "workflow.v1.RunService/StartRun": (a) => [
    ...both(a, a.workflow, (workflow) => ({ workflow, subject: a.version })),
    { workflow: "workflows/of-b", subject: a.version },
  ],
  "workflow.v1.RunService/GetRun": (a) => both(a, a.run, (name) => ({ name })),
  "workflow.v1.RunService/ListRuns": (a) => [
    {},
    { pageToken: a.tokens.runs, pageSize: 1 },
    { filter: `subject_uid = "${a.versionUid}"` },
  ],
  "workflow.v1.RunService/WatchRun": (a) => both(a, a.run, (name) => ({ name })),
  "workflow.v1.RunService/CancelRun": (a) => both(a, a.run, (name) => ({ name })),
  "workflow.v1.RunService/RetryRun": (a) => both(a, a.run, (name) => ({ name })),
  "workflow.v1.EventService/ListEvents": () => [{}],
  "workflow.v1.EventService/WatchEvents": () => [{}],
};

/** A request with A's name as B would write it, and one that says whose it is. */
function both(a: TenantWorld, name: string, request: (name: string) => object): object[] {
  return [request(name), request(`${a.tenant}/${name}`)];
}

/** As both, and as if it were one of B's own. */
function byName(a: TenantWorld, name: string): object[] {
  return [...both(a, name, (each) => ({ name: each })), { name: name.replace(a.model, "models/of-b") }];
}

function relation(source: string, target: object): object {
  return { relation: { source, kind: RelationKind.TRAINED_ON, target } };
}

function nameOf(method: DescMethod): string {
  return `${method.parent.typeName.replace("slipway.", "")}/${method.name}`;
}

const METHODS = SERVICES.flatMap(({ methods }) => methods);

interface TwoTenants {
  server: ComposedServer;
  /** Administrator of A. */
  a: Connection;
  /** Administrator of B. */
  b: Transport;
  world: TenantWorld;
}

async function twoTenants(wrap?: Parameters<typeof startComposed>[0]): Promise<TwoTenants> {
  const server = await startComposed(wrap);
  try {
    const platform = server.connect(server.bootstrapKey);
    const make = async (name: string, administrator: string) =>
      (await platform.access.createTenant({ tenant: { name: `tenants/${name}` }, administrator })).secret;
    const a = server.connect(await make("tenant-a", "users/ada"));
    const keyOfB = await make("tenant-b", "users/bob");
    const world = await fillTenant(a, "secretive");
    await fillTenant(server.connect(keyOfB), "of-b");
    return { server, a, b: server.transport(keyOfB), world };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** What B is answered: the responses (of a stream the first ten) as JSON text, or the reason of the refusal. */
async function answerOf(b: Transport, method: DescMethod, request: object): Promise<{ text: string; reason: string }> {
  const message = create(method.input, request as MessageInitShape<DescMessage>);
  const patience = AbortSignal.timeout(1000);
  const options = { signal: patience };
  const texts: string[] = [];
  try {
    if (method.methodKind === "unary") {
      texts.push(textOf(method, await b.unary(method, message, options)));
    } else {
      const only = (async function* () {
        yield message;
      })();
      for await (const response of b.stream(method, only, options)) {
        if (texts.push(textOf(method, response)) === 10) break;
      }
    }
    return { text: texts.join("\n"), reason: "" };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const waited = patience.aborted && texts.length > 0;
    return { text: `${texts.join("\n")}\n${waited ? "" : error.message}`, reason: waited ? "" : error.reason };
  }
}

function textOf(method: DescMethod, response: Message): string {
  return JSON.stringify(toJson(method.output, response));
}

/** The parts of an answer that only A should know; what the request itself said may come back in an error. */
function leaksIn(world: TenantWorld, request: object, text: string): string[] {
  const asked = JSON.stringify(request, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
  const secrets = [
    "secretive",
    world.modelUid,
    world.versionUid,
    digestOf(world),
    world.transitionUid,
    world.run,
    world.key,
    world.tenantUid,
  ];
  return secrets.filter((secret) => text.includes(secret) && !asked.includes(secret));
}

describe("tenants", function () {
  this.timeout(120_000);
  let two: TwoTenants;
  let untouched: unknown;

  before(async () => {
    two = await twoTenants();
    untouched = await snapshotOf(two.a, two.world);
  });
  after(() => two.server.stop());

  it("have a case for every method of every service", () => {
    expect(METHODS.map(nameOf).toSorted()).to.deep.equal(Object.keys(CASES).toSorted());
  });

  for (const method of METHODS) {
    it(`cannot reach each other through ${nameOf(method)}`, async () => {
      for (const request of CASES[nameOf(method)]?.(two.world) ?? []) {
        const { text, reason } = await answerOf(two.b, method, request);
        expect(leaksIn(two.world, request, text), `${JSON.stringify(request, replaceBigInts)} → ${text}`).to.deep.equal(
          [],
        );
        // What names something of A must be refused, not answered with anything.
        if (leaksIn(two.world, {}, JSON.stringify(request, replaceBigInts)).length > 0 && !isListing(method)) {
          expect(reason, `${JSON.stringify(request, replaceBigInts)} was answered`).to.not.equal("");
        }
      }
    });
  }

  it("find nothing changed afterwards", async () => {
    expect(await snapshotOf(two.a, two.world)).to.deep.equal(untouched);
  });
});

/** With a filter that matches nothing of B an empty list is the right answer. */
function isListing({ name }: DescMethod): boolean {
  return name === "ListModels" || name === "ListVersions" || name === "ListRuns";
}

function replaceBigInts(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

/** What B may read of a shared model of A, under its full name. */
const OPEN_WHERE_SHARED = [
  "metadata.v1.ModelService/GetModel",
  "metadata.v1.ModelService/ListModels",
  "metadata.v1.VersionService/GetVersion",
  "metadata.v1.VersionService/ListVersions",
  "metadata.v1.VersionService/ResolveVersion",
  "artifact.v1.ArtifactService/GetArtifact",
  "artifact.v1.ArtifactService/ListFiles",
  "artifact.v1.ArtifactService/DownloadFile",
];

describe("a model that is shared with all tenants", function () {
  this.timeout(120_000);
  let two: TwoTenants;
  let untouched: unknown;

  before(async () => {
    two = await twoTenants();
    await two.a.models.shareModel({ name: two.world.model });
    await until("the event of it is numbered", async () => {
      const { events } = await two.a.events.metadata.listEvents({ types: ["slipway.model.shared"] });
      return events[0];
    });
    untouched = await snapshotOf(two.a, two.world);
  });
  after(() => two.server.stop());

  /** The methods that tell B something of A. */
  async function open(methods: readonly DescMethod[]): Promise<string[]> {
    const found = new Set<string>();
    for (const method of methods) {
      for (const request of CASES[nameOf(method)]?.(two.world) ?? []) {
        const { text, reason } = await answerOf(two.b, method, request);
        const isAboutA = leaksIn(two.world, {}, JSON.stringify(request, replaceBigInts)).length > 0;
        const isAnswered = reason === "" && isAboutA && !isListing(method);
        if (isAnswered || leaksIn(two.world, request, text).length > 0) found.add(nameOf(method));
      }
    }
    return [...found];
  }

  it("is open for reading, and nothing else is", async () => {
    expect((await open(METHODS)).toSorted()).to.deep.equal(OPEN_WHERE_SHARED.toSorted());
    expect(await snapshotOf(two.a, two.world)).to.deep.equal(untouched);
  });

  it("gives its files to other tenants under the full name of the artifact", async () => {
    const { world } = two;
    const b = connectionOver("in-process", two.b);
    const { version } = await b.versions.getVersion({ name: `${world.tenant}/${world.version}` });
    const artifact = version?.artifact ?? "";
    expect(artifact).to.equal(`${world.tenant}/${world.artifact}`);
    expect((await b.artifacts.getArtifact({ name: artifact })).artifact?.name).to.equal(artifact);
    const { files } = await b.artifacts.listFiles({ artifact });
    expect(files.map(({ path }) => path)).to.include(world.path);
    const pieces: Uint8Array[] = [];
    for await (const { data } of b.artifacts.downloadFile({ artifact, path: world.path })) pieces.push(data);
    expect(Buffer.concat(pieces).toString()).to.equal("bytes of secretive\n");
    const error = await caught(b.artifacts.inspectArtifact({ artifact }));
    expect(error).to.include({ code: "PERMISSION_DENIED", reason: "TENANT_FORBIDDEN" });
  });

  it("keeps what it has not published", async () => {
    const { a, world } = two;
    const b = connectionOver("in-process", two.b);
    const { upload } = await a.uploads.startUpload({});
    const name = upload?.name ?? "";
    await a.uploads.uploadFile(
      (async function* () {
        yield { content: { case: "header" as const, value: { upload: name, path: "other.txt" } } };
        yield { content: { case: "data" as const, value: Buffer.from("not published") } };
      })(),
    );
    const { artifact } = await a.uploads.completeUpload({ upload: name });
    const foreign = `${world.tenant}/${artifact?.name}`;
    const calls = [
      b.artifacts.getArtifact({ name: foreign }),
      b.artifacts.listFiles({ artifact: foreign }),
      b.versions.getVersion({ name: `${world.tenant}/${world.model}/versions/9.0.0` }),
      b.models.getModel({ name: `${world.tenant}/${world.model}-2` }),
    ];
    for (const { reason } of await Promise.all(calls.map(caught))) {
      expect(reason).to.be.oneOf(["TENANT_FORBIDDEN", "VERSION_NOT_FOUND"]);
    }
  });

  it("is closed again once it is taken back: at once for names, within 5 seconds for downloads", async () => {
    const { a, world } = two;
    const b = connectionOver("in-process", two.b);
    await a.models.unshareModel({ name: world.model });
    const begunMs = Date.now();
    const name = `${world.tenant}/${world.version}`;
    expect((await caught(b.versions.getVersion({ name }))).reason).to.equal("TENANT_FORBIDDEN");
    const list = () => b.artifacts.listFiles({ artifact: `${world.tenant}/${world.artifact}` });
    const refused = await until("the download is refused", async () => {
      const error: unknown = await list().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      return error instanceof RpcError ? error : undefined;
    });
    expect(refused.reason).to.equal("TENANT_FORBIDDEN");
    expect(Date.now() - begunMs).to.be.below(10_000);
    expect(await open(METHODS)).to.deep.equal([]);
  });
});

async function caught(call: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await call.then(
    () => new Error("the call succeeded"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RpcError)) throw error;
  return error;
}

describe("the test of tenants", function () {
  this.timeout(120_000);

  it("notices when the stores forget the tenant", async () => {
    const { server, b, world } = await twoTenants({ wrap: forgettingTenants });
    try {
      const leaking = new Set<string>();
      for (const method of METHODS) {
        if (!/\/(Get|List)/.test(nameOf(method))) continue;
        for (const request of CASES[nameOf(method)]?.(world) ?? []) {
          const { text, reason } = await answerOf(b, method, request);
          const answered = reason === "" && text.replace(/[{}\s]/g, "") !== "";
          if (answered && (leaksIn(world, request, text).length > 0 || leaksIn(world, {}, text).length > 0)) {
            leaking.add(nameOf(method));
          }
        }
      }
      expect([...leaking]).to.include.members([
        "access.v1.AccessService/ListPrincipals",
        "access.v1.AccessService/ListKeys",
        "metadata.v1.ModelService/GetModel",
        "metadata.v1.ModelService/ListModels",
        "metadata.v1.VersionService/GetVersion",
        "metadata.v1.VersionService/ListVersions",
        "metadata.v1.LineageService/GetLineage",
        "metadata.v1.EvaluationService/GetEvaluation",
        "metadata.v1.EvaluationService/ListEvaluations",
        "metadata.v1.EventService/ListEvents",
        "artifact.v1.UploadService/GetUpload",
        "artifact.v1.ArtifactService/GetArtifact",
        "artifact.v1.ArtifactService/ListFiles",
        "workflow.v1.WorkflowService/GetWorkflow",
        "workflow.v1.WorkflowService/ListWorkflows",
        "workflow.v1.RunService/GetRun",
        "workflow.v1.RunService/ListRuns",
      ]);
    } finally {
      await server.stop();
    }
  });
});
