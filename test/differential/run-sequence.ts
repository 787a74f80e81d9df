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
    const objects = await Promise.all(worlds.map((world) => world.objectsOf(world.aliases.show(uid))));
    if (!isDeepStrictEqual(objects[0], objects[1])) throw new Error(objectsDiffer(seed, tenant, objects));
  }
  return tally;
}

function objectsDiffer(seed: number, tenant: string, objects: unknown[]): string {
  return `seed ${seed}: the objects of ${tenant} differ:\n${objects.map((list) => JSON.stringify(list)).join("\n")}`;
}

/** Lists everything of a tenant. */
function wholeState(knowledge: Knowledge, tenant: string): Operation[] {
  const all = { pageSize: 1000 };
  const requests: Record<string, JsonObject> = {
    "access.v1.AccessService/ListPrincipals": all,
    "access.v1.AccessService/ListKeys": all,
    "metadata.v1.ModelService/ListModels": { ...all, showDeleted: true },
    "metadata.v1.VersionService/ListVersions": { ...all, parent: "models/-", showDeleted: true },
    "workflow.v1.WorkflowService/ListWorkflows": all,
    "workflow.v1.RunService/ListRuns": all,
    "metadata.v1.EventService/ListEvents": all,
    "artifact.v1.EventService/ListEvents": all,
  };
  const from = knowledge.tenant(tenant).positions.get("workflow.v1.EventService/ListEvents") ?? "0";
  requests["workflow.v1.EventService/ListEvents"] = { ...all, after: from };
  return Object.entries(requests).map(([method, request]) => byAdministrator(knowledge, tenant, method, request));
}

/** The operation that asks for what follows; undefined at the end. */
function turned(operation: Operation, { nextPageToken, events, last }: JsonObject): Operation | undefined {
  if (typeof nextPageToken === "string" && nextPageToken !== "") {
    return { ...operation, request: { ...operation.request, pageToken: nextPageToken } };
  }
  if (!Array.isArray(events)) return undefined;
  return { ...operation, request: { ...operation.request, after: last ?? "0" } };
}
