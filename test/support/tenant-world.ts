import { setTimeout as pause } from "node:timers/promises";
import type { Connection } from "@slipway/client";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { RelationKind } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { RunState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";

/** Everything of one tenant that another one might try to reach. */
export interface TenantWorld {
  tenant: string;
  tenantUid: string;
  model: string;
  modelUid: string;
  version: string;
  versionUid: string;
  /** One that waits for a check and for a person. */
  transition: string;
  transitionUid: string;
  /** Named by a relation of the version; the same name in every tenant. */
  dataset: string;
  artifact: string;
  evaluation: string;
  upload: string;
  workflow: string;
  run: string;
  principal: string;
  key: string;
  path: string;
  fileSha256: string;
  fileBytes: number;
  tokens: Record<
    | "models"
    | "versions"
    | "evaluations"
    | "transitions"
    | "entries"
    | "runs"
    | "workflows"
    | "keys"
    | "principals"
    | "files"
    | "upload",
    string
  >;
}

/** Fills a tenant through its administrator's connection. Every name in it contains `mark`. */
export async function fillTenant(connection: Connection, mark: string): Promise<TenantWorld> {
  const { access, models, versions, stages, lineage, evaluations, uploads, artifacts, workflows, runs } = connection;
  const { tenantUid, tenant } = await access.whoAmI({});
  const principal = `users/${mark}`;
  for (const name of [principal, `users/${mark}-2`]) await access.createPrincipal({ principal: { name } });
  const { key } = await access.createKey({ principal, role: Role.VIEWER, description: mark });

  const model = `models/${mark}`;
  const { model: created } = await models.createModel({ model: { name: model, description: mark } });
  await models.createModel({ model: { name: `${model}-2` } });
  const { upload } = await uploads.startUpload({});
  const name = upload?.name ?? "";
  const path = `${mark}.txt`;
  const bytes = Buffer.from(`bytes of ${mark}\n`);
  const { file } = await uploads.uploadFile(
    (async function* () {
      yield { content: { case: "header" as const, value: { upload: name, path } } };
      yield { content: { case: "data" as const, value: bytes } };
    })(),
  );
  await uploads.uploadFile(
    (async function* () {
      yield { content: { case: "header" as const, value: { upload: name, path: `${mark}-2.txt` } } };
      yield { content: { case: "data" as const, value: bytes } };
    })(),
  );
  const { artifact } = await uploads.completeUpload({ upload: name });
  for (const _ of [1, 2]) await versions.createVersion({ parent: model, artifact: artifact?.name ?? "" });
  const version = `${model}/versions/1.0.0`;
  const admitted = await until(async () => {
    const reply = await versions.getVersion({ name: version });
    return reply.version?.state === VersionState.PUBLISHED ? reply.version : undefined;
  });

  await stages.requestTransition({ version, toStage: "testing", comment: mark });
  const held = { from: "testing", to: "production", checks: [{ name: "smoke" }], approvals: { count: 1 } };
  await stages.updateStagePolicy({ policy: policyOf(`${model}/stagePolicy`, held) });
  const { transition } = await stages.requestTransition({ version, toStage: "production", comment: mark });
  const dataset = "the data of everybody";
  const target = { case: "dataset" as const, value: { name: dataset } };
  await lineage.addRelation({ relation: { source: version, kind: RelationKind.TRAINED_ON, target } });
  const recorded = [];
  for (const dataset of [mark, `${mark}-2`]) {
    const form = { case: "metrics" as const, value: { values: { accuracy: 0.5 } } };
    const { evaluation } = await evaluations.recordEvaluation({ parent: version, dataset, measured: { form } });
    recorded.push(evaluation?.name ?? "");
  }

  const open = await uploads.startUpload({});
  const openName = open.upload?.name ?? "";
  for (const suffix of ["", "-2"]) {
    const found = { path: `${mark}${suffix}.txt`, sizeBytes: BigInt(bytes.length), sha256: file?.sha256 ?? "" };
    await uploads.findMissingFiles({ upload: openName, files: [found] });
  }
  const workflow = `workflows/${mark}`;
  const action = { case: "proof" as const, value: {} };
  for (const each of [workflow, `${workflow}-2`]) {
    await workflows.applyWorkflow({ workflow: { name: each, description: mark, steps: [{ id: "proof", action }] } });
  }
  const started = [];
  for (const _ of [1, 2]) started.push((await runs.startRun({ workflow, subject: version })).run?.name ?? "");
  for (const run of started) {
    await until(async () => ((await runs.getRun({ name: run })).run?.state === RunState.SUCCEEDED ? true : undefined));
  }
  const one = { pageSize: 1 };
  return {
    tenant,
    tenantUid,
    model,
    modelUid: created?.uid ?? "",
    version,
    versionUid: admitted.uid,
    transition: transition?.name ?? "",
    transitionUid: transition?.uid ?? "",
    dataset,
    artifact: artifact?.name ?? "",
    evaluation: recorded[0] ?? "",
    upload: openName,
    workflow,
    run: started[0] ?? "",
    principal,
    key: key?.name ?? "",
    path,
    fileSha256: file?.sha256 ?? "",
    fileBytes: bytes.length,
    tokens: {
      models: (await models.listModels(one)).nextPageToken,
      versions: (await versions.listVersions({ parent: "models/-", ...one })).nextPageToken,
      transitions: (await stages.listTransitions({ parent: model, ...one })).nextPageToken,
      entries: (await stages.listStageEntries({ parent: model, ...one })).nextPageToken,
      evaluations: (await evaluations.listEvaluations({ parent: version, ...one })).nextPageToken,
      runs: (await runs.listRuns(one)).nextPageToken,
      workflows: (await workflows.listWorkflows({ pageSize: 2 })).nextPageToken,
      keys: (await access.listKeys(one)).nextPageToken,
      principals: (await access.listPrincipals(one)).nextPageToken,
      files: (await artifacts.listFiles({ artifact: artifact?.name ?? "", ...one })).nextPageToken,
      upload: (await uploads.getUpload({ name: openName, ...one })).nextPageToken,
    },
  };
}

/** A policy with the stages of the default one and a way that is held up. */
function policyOf(name: string, held: { from: string; to: string }) {
  const stages = [
    { name: "development" },
    { name: "testing" },
    { name: "production", exclusive: true, displacedTo: "archived" },
    { name: "archived" },
  ];
  return {
    name,
    stages,
    edges: [{ from: "development", to: "testing" }, held, { from: "production", to: "archived" }],
  };
}

/** Everything that the tenant's administrator can see, to be compared before and after. */
export async function snapshotOf(connection: Connection, world: TenantWorld): Promise<unknown> {
  const { access, models, versions, stages, lineage, evaluations, uploads, artifacts, workflows, runs, events } =
    connection;
  const all = { pageSize: 1000 };
  return [
    await access.listPrincipals(all),
    await access.listKeys(all),
    await models.listModels({ ...all, showDeleted: true }),
    await versions.listVersions({ parent: "models/-", ...all, showDeleted: true }),
    await stages.listTransitions({ parent: "models/-", ...all }),
    await stages.listStageEntries({ parent: world.model, ...all }),
    await stages.getStagePolicy({ name: `${world.model}/stagePolicy` }),
    await lineage.getLineage({ root: { case: "version", value: world.version } }),
    await evaluations.listEvaluations({ parent: world.version, ...all }),
    await uploads.getUpload({ name: world.upload, ...all }),
    await artifacts.getArtifact({ name: world.artifact }),
    await artifacts.listFiles({ artifact: world.artifact, ...all }),
    await workflows.listWorkflows(all),
    await runs.listRuns(all),
    await events.metadata.listEvents(all),
    await events.artifact.listEvents(all),
    await events.workflow.listEvents(all),
  ];
}

/** Repeats a question until it has an answer. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const endMs = Date.now() + 30_000; Date.now() < endMs; await pause(10)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error("it did not happen within 30 seconds");
}
