import { create } from "@bufbuild/protobuf";
import type { Signature } from "@slipway/gen/slipway/artifact/v1/signature_pb.js";
import {
  Bump,
  type NumberDecision,
  NumberDecisionSchema,
  type SignatureDifference,
} from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { fail } from "@slipway/rpc";
import { type DecidedBump, promiseOf } from "./number-line.ts";
import { compareSignatures, hasFields, requiredBump } from "./signature.ts";
import type { StoredVersion } from "./version.ts";

/** A reply must fit into one message; two signatures of 10,000 fields can differ in 40,000 places. */
const MAXIMUM_DIFFERENCES = 1000;

/** Errors travel in trailers, of which some clients take 8 KiB only. */
const MAXIMUM_VIOLATIONS = 10;

/** What the signatures say about the next number. */
export interface Comparison {
  /** The least bump that tells the truth; PATCH where nothing was compared. */
  required: DecidedBump;
  /** The number of the version that was compared; empty where nothing was. */
  comparedWith: string;
  differences: SignatureDifference[];
  /** The outcome in words, without a full stop. */
  outcome: string;
}

export const NOTHING_BEFORE = nothingCompared("there is no earlier stable version to compare with");

export const NO_SIGNATURE = nothingCompared("nothing was compared, since this version has no signature");

function nothingCompared(outcome: string): Comparison {
  return { required: Bump.PATCH, comparedWith: "", differences: [], outcome };
}

/** Compares with the version before, where that has a signature too. */
export function compareWith(previous: StoredVersion | undefined, signature: Signature): Comparison {
  if (previous === undefined) return NOTHING_BEFORE;
  const { number, signature: before } = previous.version;
  if (!hasFields(before)) return nothingCompared(`nothing was compared, since ${number} has no signature`);
  const differences = compareSignatures(before, signature);
  const outcome =
    differences.length === 0
      ? `the signature is that of ${number}`
      : `the signature differs from that of ${number} in ${differences.length} ${differences.length === 1 ? "place" : "places"}`;
  return { required: requiredBump(differences), comparedWith: number, differences, outcome };
}

/** Why a version got its number, for the reply. `origin` says where the number came from: `AUTO gave MINOR`. */
export function decisionOf(
  { required, comparedWith, differences, outcome }: Comparison,
  origin: string,
): NumberDecision {
  return create(NumberDecisionSchema, {
    requiredBump: required,
    comparedWith,
    differences: differences.slice(0, MAXIMUM_DIFFERENCES),
    reason: `${origin}: ${outcome}.`,
  });
}

/** Whether a number says at least what the comparison found. */
export function keepsPromise(number: string, { required, comparedWith }: Comparison): boolean {
  // The values of Bump fall with its size: MAJOR is 1, PATCH is 3.
  return comparedWith === "" || promiseOf(number, comparedWith) <= required;
}

/** The refusal of a number that promises too little; `needed` is one that would do. */
export function promiseTooSmall(number: string, { comparedWith, differences }: Comparison, needed: string) {
  const decisive = differences.filter(({ bump }) => bump < promiseOf(number, comparedWith));
  const listed = decisive.slice(0, MAXIMUM_VIOLATIONS);
  const more = decisive.length - listed.length;
  const texts = listed.map(({ path, description }) => `${path} ${description}`);
  return fail(
    "VERSION_BUMP_TOO_SMALL",
    {
      version: number,
      previous: comparedWith,
      differences: `${texts.slice(0, 3).join("; ")}${decisive.length > 3 ? `; and ${decisive.length - 3} more` : ""}`,
      needed,
    },
    {
      fields: [
        ...listed.map(({ path, description, bump }) => ({
          field: `signature.${path}`,
          description,
          reason: Bump[bump] ?? "",
        })),
        ...(more === 0 ? [] : [{ field: "signature", description: `and ${more} more differences` }]),
      ],
    },
  );
}
