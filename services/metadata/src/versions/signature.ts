import { create, toBinary } from "@bufbuild/protobuf";
import { type Field, type Signature, SignatureSchema } from "@slipway/gen/slipway/artifact/v1/signature_pb.js";
import {
  Bump,
  type SignatureDifference,
  SignatureDifferenceSchema,
} from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { fail } from "@slipway/rpc";
import type { DecidedBump } from "./number-line.ts";

/** Whether there is anything to compare: safetensors, for one, tells no signature. */
export function hasFields(signature: Signature | undefined): signature is Signature {
  return signature !== undefined && signature.inputs.length + signature.outputs.length > 0;
}

/**
 * A signature travels in every version and every event about it, where JSON makes it five times as large; this keeps
 * them within a message of 4 MiB.
 */
const MAXIMUM_BYTES = 512 * 1024;

/** Whether a version can carry a signature. */
export function isTooLarge(signature: Signature): boolean {
  return toBinary(SignatureSchema, signature).byteLength > MAXIMUM_BYTES;
}

/** Refuses with REQUEST_INVALID a signature that is too large, or in which two fields of a side have one name. */
export function checkSignature(signature: Signature | undefined): void {
  if (signature !== undefined && isTooLarge(signature)) {
    const description = `has more than ${MAXIMUM_BYTES} bytes; leave out what callers need not know`;
    const fields = [{ field: "signature", description }] as const;
    throw fail("REQUEST_INVALID", { summary: `signature ${description}` }, { fields });
  }
  for (const side of ["inputs", "outputs"] as const) {
    const names = new Set<string>();
    for (const [index, { name }] of (signature?.[side] ?? []).entries()) {
      if (names.has(name)) {
        const field = `signature.${side}[${index}].name`;
        const description = `"${name}" is the name of an earlier field; names are unique among ${side}`;
        throw fail("REQUEST_INVALID", { summary: `${field}: ${description}` }, { fields: [{ field, description }] });
      }
      names.add(name);
    }
  }
}

/**
 * What differs for somebody who calls a model, inputs first, in the order of `previous`, then what is new. Fields are
 * matched by name; their order does not matter, nor do the symbols of dimensions. Shapes are compared where both sides
 * tell one.
 */
export function compareSignatures(previous: Signature, next: Signature): SignatureDifference[] {
  return [
    ...compareSide("inputs", previous.inputs, next.inputs, inputChanges, newInput),
    ...compareSide("outputs", previous.outputs, next.outputs, outputChanges, newOutput),
  ];
}

/** The least bump that tells the truth about the differences; PATCH when there are none. */
export function requiredBump(differences: readonly SignatureDifference[]): DecidedBump {
  if (differences.some(({ bump }) => bump === Bump.MAJOR)) return Bump.MAJOR;
  return differences.some(({ bump }) => bump === Bump.MINOR) ? Bump.MINOR : Bump.PATCH;
}

/** A dimension that takes any size. */
const ANY_SIZE = -1n;

interface Change {
  description: string;
  bump: DecidedBump;
}

function compareSide(
  side: "inputs" | "outputs",
  previous: readonly Field[],
  next: readonly Field[],
  changes: (before: Field, after: Field) => Change[],
  added: (field: Field) => Change,
): SignatureDifference[] {
  const after = new Map(next.map((field) => [field.name, field]));
  const before = new Set(previous.map(({ name }) => name));
  const of = (field: Field, found: Change[]) =>
    found.map((change) => create(SignatureDifferenceSchema, { path: `${side}.${field.name}`, ...change }));
  return [
    ...previous.flatMap((field) => {
      const match = after.get(field.name);
      return of(
        field,
        match === undefined ? [{ description: "disappeared", bump: Bump.MAJOR }] : changes(field, match),
      );
    }),
    ...next.filter(({ name }) => !before.has(name)).flatMap((field) => of(field, [added(field)])),
  ];
}

function newInput(field: Field): Change {
  return field.optional
    ? { description: "is a new optional input", bump: Bump.MINOR }
    : { description: "is a new required input", bump: Bump.MAJOR };
}

function newOutput(): Change {
  return { description: "is a new output", bump: Bump.MINOR };
}

function inputChanges(before: Field, after: Field): Change[] {
  const changes = [
    ...typeChange(before, after),
    ...shapeChange(before, after, acceptsMore(before, after) ? Bump.MINOR : Bump.MAJOR),
  ];
  if (before.optional && !after.optional) changes.push({ description: "became required", bump: Bump.MAJOR });
  // From this version on callers may leave it out: an addition, as a new optional input is.
  if (!before.optional && after.optional) changes.push({ description: "became optional", bump: Bump.MINOR });
  return changes;
}

function outputChanges(before: Field, after: Field): Change[] {
  return [...typeChange(before, after), ...shapeChange(before, after, Bump.MAJOR)];
}

function typeChange(before: Field, after: Field): Change[] {
  if (before.dtype === after.dtype) return [];
  return [{ description: `type changed from ${before.dtype} to ${after.dtype}`, bump: Bump.MAJOR }];
}

function shapeChange(before: Field, after: Field, bump: DecidedBump): Change[] {
  if (!before.hasShape || !after.hasShape || shapeText(before) === shapeText(after)) return [];
  return [{ description: `shape changed from ${shapeText(before)} to ${shapeText(after)}`, bump }];
}

/** Whether every shape that fitted before still fits: dimensions only went from one size to any. */
function acceptsMore(before: Field, after: Field): boolean {
  return (
    before.shape.length === after.shape.length &&
    after.shape.every(({ size }, index) => size === ANY_SIZE || size === before.shape[index]?.size)
  );
}

/** `[?, 4]`; symbols are left out, since they are names only. */
function shapeText({ shape }: Field): string {
  return `[${shape.map(({ size }) => (size === ANY_SIZE ? "?" : String(size))).join(", ")}]`;
}
