import { createHash } from "node:crypto";
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { Caller, Knowledge } from "../known/knowledge.ts";
import type { Operation, Sending } from "../operation.ts";
import { callers } from "./callers.ts";
import { weighted } from "./draw.ts";
import type { Drawing } from "./plan.ts";
import { PLANS } from "./plans.ts";

/** A held run occupies a worker. */
const MAX_HELD_RUNS = 3;
/** Not faster than the clock on the wall, because leases are kept by that one. */
const TICK_MS = 5;
/** Longer than anything is cached. */
const LEAP_MS = 6_000;

/** What does not change from operation to operation. */
export interface Surroundings {
  knowledge: Knowledge;
  hooksUrl: string;
  /** Their names. */
  heldRuns: readonly string[];
}

/** The operation with this number of this seed. */
export function nextOperation(seed: number, number: number, surroundings: Surroundings): Operation {
  const own = createHash("sha256").update(`${seed}/${number}`).digest().readInt32BE();
  const [operation] = fc.sample(operations(surroundings), { seed: own, numRuns: 1 });
  if (operation === undefined) throw new Error("nothing was drawn");
  return operation;
}

function operations(surroundings: Surroundings): fc.Arbitrary<Operation> {
  const { knowledge, heldRuns } = surroundings;
  const afterMs =
    heldRuns.length > 0 ? fc.constant(TICK_MS) : weighted([99, fc.constant(TICK_MS)], [1, fc.constant(LEAP_MS)]);
  const choices: [number, fc.Arbitrary<Operation>][] = [[85, fresh(surroundings)]];
  if (heldRuns.length >= MAX_HELD_RUNS) return withTime(cancelling(surroundings), afterMs);
  if (knowledge.pages.length > 0) choices.push([10, turning(knowledge)]);
  if (knowledge.repeatable.length > 0) choices.push([5, repeating(knowledge)]);
  return withTime(weighted(...choices), afterMs);
}

function withTime(operation: fc.Arbitrary<Operation>, afterMs: fc.Arbitrary<number>): fc.Arbitrary<Operation> {
  return fc.tuple(operation, afterMs).map(([drawn, passed]) => ({ ...drawn, afterMs: passed }));
}

/** Any method with new arguments. */
function fresh(surroundings: Surroundings): fc.Arbitrary<Operation> {
  const methods = Object.entries(PLANS).map(([name, { weight }]) => ({ weight, arbitrary: fc.constant(name) }));
  return fc.oneof(...methods).chain((method) => calling(surroundings, method));
}

function calling(surroundings: Surroundings, method: string): fc.Arbitrary<Operation> {
  const plan = PLANS[method];
  if (plan === undefined) throw new Error(`${method} has no plan`);
  return callers(surroundings.knowledge, method).chain((caller) => {
    const drawing = drawingFor(surroundings, caller);
    const sending = plan.sending?.(drawing) ?? fc.constant(undefined);
    return fc.tuple(plan.request(drawing), sending).map(([request, sent]) => by(caller, method, request, sent));
  });
}

function by(caller: Caller, method: string, request: JsonObject, sending?: Sending): Operation {
  const { name, tenant, headers } = caller;
  return { method, caller: name, tenant, headers, request, ...(sending && { sending }), afterMs: 0 };
}

function drawingFor({ knowledge, hooksUrl, heldRuns }: Surroundings, caller: Caller): Drawing {
  const other = knowledge.tenant(caller.tenant === "alpha" ? "beta" : "alpha");
  const { principal, role } = caller;
  const tenant = knowledge.tenant(caller.tenant);
  return { principal, administrates: role === "ADMIN", tenant, other, knowledge, hooksUrl, heldRuns };
}

/** Ends a held run, by an administrator of its tenant; where only events have told of them, lists runs first. */
function cancelling({ knowledge, heldRuns }: Surroundings): fc.Arbitrary<Operation> {
  const administrators = knowledge.callers.filter(({ role }) => role === "ADMIN");
  const ends = administrators.flatMap((caller) =>
    heldRuns
      .filter((name) => knowledge.tenant(caller.tenant).runs.has(name))
      .map((name) => by(caller, "workflow.v1.RunService/CancelRun", { name })),
  );
  const lists = administrators.map((caller) => by(caller, "workflow.v1.RunService/ListRuns", { pageSize: 1000 }));
  return fc.constantFrom(...(ends.length > 0 ? ends : lists));
}

/** The next page of a list; now and then with a token that is not of this question. */
function turning({ pages, callers: everybody }: Knowledge): fc.Arbitrary<Operation> {
  return fc
    .constantFrom(...pages, ...pages.slice(-3))
    .chain((page) =>
      weighted(
        [16, fc.constant(page)],
        [3, fc.constantFrom(1, 4, 1000).map((pageSize) => changed(page, { pageSize }))],
        [2, fc.constantFrom("create_time", "create_time desc").map((orderBy) => changed(page, { orderBy }, "orderBy"))],
        [1, fc.constantFrom(...everybody).map((caller) => by(caller, page.method, page.request))],
      ),
    );
}

function changed(operation: Operation, change: JsonObject, needs?: string): Operation {
  // Only what the request has already: another message has no such field.
  if (needs !== undefined && !(needs in operation.request)) return operation;
  return { ...operation, request: { ...operation.request, ...change } };
}

/** The same request id again: with the same request, with another one, or by somebody else. */
function repeating({ repeatable, callers: everybody }: Knowledge): fc.Arbitrary<Operation> {
  return fc.constantFrom(...repeatable).chain((operation) => {
    const { method, request } = operation;
    const alike = repeatable.filter((other) => other.method === method).map((other) => other.request);
    const requestId = request.requestId ?? "";
    return weighted(
      [5, fc.constant(operation)],
      [
        4,
        fc
          .constantFrom(...alike, described(request))
          .map((other) => ({ ...operation, request: { ...other, requestId } })),
      ],
      [1, fc.constantFrom(...everybody).map((caller) => by(caller, method, request))],
    );
  });
}

/** The same request for a resource with another description, where it has one. */
function described(request: JsonObject): JsonObject {
  const entries = Object.entries(request).map(([field, value]) =>
    field === "model" || field === "version" || field === "workflow" ? [field, otherwise(value)] : [field, value],
  );
  return Object.fromEntries(entries);
}

function otherwise(value: JsonValue): JsonValue {
  const isResource = value !== null && typeof value === "object" && !Array.isArray(value);
  return isResource ? { ...value, description: "said otherwise" } : value;
}
