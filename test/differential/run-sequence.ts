import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "@bufbuild/protobuf";
import { Difference } from "./difference.ts";
import { byAdministrator, firstOperations } from "./first-operations.ts";
import { Knowledge } from "./known/knowledge.ts";
import type { Answer, Operation } from "./operation.ts";
import { nextOperation } from "./plan/next-operation.ts";
import { Tally } from "./tally.ts";
import type { HookServer } from "./world/hook-server.ts";
import type { World } from "./world/world.ts";

export interface SequenceOptions {
  worlds: readonly [World, World];
  hooks: HookServer;
  seed: number;
  /** How many operations after those that make the tenants. */
  operations: number;
}

/**
 * Performs the same operations in two worlds and compares every answer, and at the end everything that can be listed.
 * @throws Difference at the first operation that is answered otherwise, or unexpectedly in both
 */
export async function runSequence({ worlds, hooks, seed, operations }: SequenceOptions): Promise<Tally> {
  const knowledge = new Knowledge();
  const tally = new Tally();
  const [first] = worlds;
  let number = 0;

  const perform = async (operation: Operation): Promise<Answer> => {
    number += 1;
    const [one, other] = await Promise.all([worlds[0].perform(operation), worlds[1].perform(operation)]);
    const where = {
      seed,
      number,
      operation,
      names: [worlds[0].name, worlds[1].name] as const,
      answers: [one, other] as const,
    };
    if (!isDeepStrictEqual(one, other)) throw new Difference("is answered differently", where);
    if ("error" in one && one.error.code === "INTERNAL") throw new Difference("fails unexpectedly in both", where);
    tally.count(operation, one);
    knowledge.learn(operation, one);
    return one;
  };

  for (const operation of firstOperations(hooks.url)) await perform(operation(knowledge));
  for (let index = 0; index < operations; index += 1) {
    const heldRuns = [...hooks.held].flatMap((uid) => first.aliases.known(uid) ?? []).map((alias) => `runs/${alias}`);
    await perform(nextOperation(seed, index, { knowledge, hooksUrl: hooks.url, heldRuns: heldRuns.sort() }));
  }
  for (const tenant of ["alpha", "beta"]) {
    for (const operation of wholeState(knowledge, tenant)) {
      for (let page = operation; ; ) {
        const answer = await perform(page);
        const response = ("response" in answer ? answer.response : {}) as JsonObject;
        const next = turned(page, response);
        if (next === undefined) break;
        page = next;
      }
    }
    const { uid } = knowledge.tenant(tenant);
    const stored = await Promise.all(worlds.map((world) => world.stored(world.aliases.show(uid))));
    if (!isDeepStrictEqual(stored[0], stored[1])) throw new Error(storedDiffers(seed, tenant, stored));
  }
  return tally;
}

function storedDiffers(seed: number, tenant: string, stored: unknown[]): string {
  return `seed ${seed}: what is stored of ${tenant} differs:\n${stored.map((all) => JSON.stringify(all)).join("\n")}`;
}

/** Lists everything of a tenant, in the orders in which engines sort. */
function wholeState(knowledge: Knowledge, tenant: string): Operation[] {
  const all = { pageSize: 1000 };
  const models = { ...all, showDeleted: true };
  const versions = { ...all, parent: "models/-" };
  const runEvents = "workflow.v1.EventService/ListEvents";
  const lists: [method: string, ...requests: JsonObject[]][] = [
    ["access.v1.AccessService/ListPrincipals", all],
    ["access.v1.AccessService/ListKeys", all],
    ["metadata.v1.ModelService/ListModels", models, { ...models, orderBy: "name" }],
    [
      "metadata.v1.VersionService/ListVersions",
      versions,
      { ...versions, showDeleted: true, orderBy: "number desc", pageSize: 3 },
    ],
    ["workflow.v1.WorkflowService/ListWorkflows", all],
    ["workflow.v1.RunService/ListRuns", all],
    [
      "metadata.v1.EvaluationService/ListEvaluations",
      ...[...knowledge.tenant(tenant).versions].map((parent) => ({ ...all, parent, orderBy: "row_count" })),
    ],
    ["metadata.v1.EventService/ListEvents", { pageSize: 10 }],
    ["artifact.v1.EventService/ListEvents", all],
    [runEvents, { ...all, after: knowledge.tenant(tenant).positions.get(runEvents) ?? "0" }],
  ];
  return lists.flatMap(([method, ...requests]) =>
    requests.map((request) => byAdministrator(knowledge, tenant, method, request)),
  );
}

/** The operation that asks for what follows; undefined at the end. */
function turned(operation: Operation, { nextPageToken, events, last }: JsonObject): Operation | undefined {
  if (typeof nextPageToken === "string" && nextPageToken !== "") {
    return { ...operation, request: { ...operation.request, pageToken: nextPageToken } };
  }
  if (!Array.isArray(events)) return undefined;
  return { ...operation, request: { ...operation.request, after: last ?? "0" } };
}
