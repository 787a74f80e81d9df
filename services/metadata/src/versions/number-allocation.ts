import type { Signature } from "@slipway/gen/slipway/artifact/v1/signature_pb.js";
import { Compatibility, type Model } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { Bump, type NumberDecision } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { CreateVersionRequest } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { fail } from "@slipway/rpc";
import type { VersionCounters } from "../models/model.ts";
import {
  compareWith,
  decisionOf,
  keepsPromise,
  NO_SIGNATURE,
  NOTHING_BEFORE,
  promiseTooSmall,
} from "./number-decision.ts";
import { type DecidedBump, FIRST_NUMBER, lineOf, linesOf, nextNumber } from "./number-line.ts";
import { endOfLine, precedenceKey } from "./precedence-key.ts";
import { hasFields } from "./signature.ts";
import type { StoredVersion } from "./version.ts";
import { higherNumber, isStable, parseNumber } from "./version-number.ts";

/** What must be known of the model's versions. Bounds are those of precedence-key.ts. */
export interface NumberLookups {
  /** Also by deleted, rejected and purged versions. */
  isTaken(number: string): Promise<boolean>;
  /** The highest number ever allocated below a bound. */
  highest(below: string): Promise<string | undefined>;
  /** The highest version below a bound that is stable, neither rejected nor deleted; no bound: of all. */
  highestComparable(below?: string): Promise<StoredVersion | undefined>;
}

export interface AllocatedNumber {
  number: string;
  decision: NumberDecision;
}

/** The parts of the request that decide on the number. */
export type NumberRequest = Pick<CreateVersionRequest, "numbering" | "base">;

/**
 * Decides on the number of the next version of a model: an explicit one, if it is free, or the lowest that the bump
 * allows above every number ever allocated on its line. Either must promise what the comparison of the signatures finds,
 * unless the model asks for no compatibility. Throws VERSION_NUMBER_INVALID, VERSION_NUMBER_TAKEN, VERSION_BASE_NOT_FOUND
 * and VERSION_BUMP_TOO_SMALL.
 */
export async function allocateNumber(
  { numbering, base: sentBase }: NumberRequest,
  { model, counters, signature }: { model: Model; counters: VersionCounters; signature: Signature | undefined },
  lookups: NumberLookups,
): Promise<AllocatedNumber> {
  const explicit = numbering.case === "number" ? parseNumber(numbering.value).version : undefined;
  if (sentBase !== "" && !(await lookups.isTaken(parseNumber(sentBase, "base").version))) {
    throw fail("VERSION_BASE_NOT_FOUND", { base: sentBase, model: model.name });
  }
  const base = sentBase || counters.highestStable || counters.highest;
  if (base === undefined) {
    const origin = explicit === undefined ? "It is the model's first version" : "The number was given";
    return { number: explicit ?? FIRST_NUMBER, decision: decisionOf(NOTHING_BEFORE, origin) };
  }

  const next = async (bump: DecidedBump, from: string) => {
    const line = lineOf(bump, from);
    return nextNumber(bump, await highestOn(line, from, counters, lookups));
  };
  if (explicit !== undefined && (await lookups.isTaken(explicit))) {
    throw fail("VERSION_NUMBER_TAKEN", { version: explicit, next: await next(Bump.PATCH, explicit) });
  }
  const below = explicit === undefined ? sentBase && endOfLine(linesOf(base)[1]) : precedenceKey(explicit);
  const comparison = hasFields(signature)
    ? compareWith(await lookups.highestComparable(below === "" ? undefined : below), signature)
    : NO_SIGNATURE;
  const [number, origin] = explicit === undefined ? await bumped() : [explicit, "The number was given"];
  if (model.compatibility !== Compatibility.NONE && !keepsPromise(number, comparison)) {
    const needed = await next(comparison.required, comparison.comparedWith);
    throw promiseTooSmall(number, comparison, needed);
  }
  return { number, decision: decisionOf(comparison, origin) };

  async function bumped(): Promise<[number: string, origin: string]> {
    const asked = numbering.case === "bump" ? numbering.value : Bump.AUTO;
    const bump = isDecided(asked) ? asked : comparison.required;
    const origin = isDecided(asked) ? `${Bump[bump]} was asked for` : `AUTO gave ${Bump[bump]}`;
    return [await next(bump, base as string), origin];
  }
}

/** The counters of a model once a number was allocated; a new version counts for comparisons at once. */
export function countNumber(counters: VersionCounters, number: string): VersionCounters {
  const next = { ...counters, highest: higherNumber(counters.highest, number) };
  if (!isStable(number)) return next;
  return {
    ...next,
    highestStable: higherNumber(counters.highestStable, number),
    comparable: higherNumber(counters.comparable, number),
  };
}

function isDecided(bump: Bump): bump is DecidedBump {
  return bump === Bump.MAJOR || bump === Bump.MINOR || bump === Bump.PATCH;
}

/** The highest number ever allocated on a line, which `from` is on; most often the model's highest is on it too. */
async function highestOn(
  line: string | undefined,
  from: string,
  { highest = from }: VersionCounters,
  lookups: NumberLookups,
): Promise<string> {
  if (line === undefined || linesOf(highest).includes(line)) return highest;
  return (await lookups.highest(endOfLine(line))) ?? from;
}
