import { create } from "@bufbuild/protobuf";
import {
  type ComparedVersion,
  ComparedVersionSchema,
  type FileComparison,
  type LabelComparison,
  LabelComparisonSchema,
  type MetricComparison,
  MetricComparisonSchema,
  type SignatureComparison,
  SignatureComparisonSchema,
  type TagComparison,
  TagComparisonSchema,
  type VersionComparison,
  VersionComparisonSchema,
} from "@slipway/gen/slipway/metadata/v1/version_comparison_pb.js";
import type { Version } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { compareSignatures, hasFields, requiredBump } from "./signature.ts";

/** A reply must fit into one message; names of fields and their types have up to 256 characters each. */
const MAXIMUM_DIFFERENCES = 200;

/** Everything of two versions, as clients see them, that can be told from themselves, with what became of the files. */
export function comparisonOf(first: Version, second: Version, files: FileComparison): VersionComparison {
  return create(VersionComparisonSchema, {
    first: sideOf(first),
    second: sideOf(second),
    signature: compareInterfaces(first, second),
    metrics: compareMetrics(first.metrics, second.metrics),
    files,
    tags: compareTags(first.tags, second.tags),
    labels: compareLabels(first.labels, second.labels),
  });
}

/** The signatures where both have one, and in words where not. */
export function compareInterfaces(first: Version, second: Version): SignatureComparison {
  const without = [first, second].filter(({ signature }) => !hasFields(signature)).map(({ name }) => name);
  if (!hasFields(first.signature) || !hasFields(second.signature)) {
    const summary = `Nothing was compared: ${without.join(" and ")} ${without.length === 1 ? "has" : "have"} no signature.`;
    return create(SignatureComparisonSchema, { summary });
  }
  const differences = compareSignatures(first.signature, second.signature);
  const places = differences.length === 1 ? "1 place" : `${differences.length} places`;
  return create(SignatureComparisonSchema, {
    requiredBump: requiredBump(differences),
    summary: differences.length === 0 ? "The signatures are the same." : `The signatures differ in ${places}.`,
    differences: differences.slice(0, MAXIMUM_DIFFERENCES),
    omittedCount: Math.max(0, differences.length - MAXIMUM_DIFFERENCES),
  });
}

/** Every metric of either. A difference that no double holds is left out. */
export function compareMetrics(first: Record<string, number>, second: Record<string, number>): MetricComparison[] {
  return keysOf(first, second).map((name) => {
    const [before, after] = [own(first, name), own(second, name)];
    const difference = before === undefined || after === undefined ? Number.NaN : after - before;
    return create(MetricComparisonSchema, {
      name,
      ...(before !== undefined && { first: before }),
      ...(after !== undefined && { second: after }),
      ...(Number.isFinite(difference) && { difference }),
    });
  });
}

export function compareTags(first: Record<string, string>, second: Record<string, string>): TagComparison[] {
  return keysOf(first, second).map((key) => {
    const [before, after] = [own(first, key), own(second, key)];
    return create(TagComparisonSchema, {
      key,
      ...(before !== undefined && { first: before }),
      ...(after !== undefined && { second: after }),
    });
  });
}

export function compareLabels(first: readonly string[], second: readonly string[]): LabelComparison {
  const [before, after] = [new Set(first), new Set(second)];
  return create(LabelComparisonSchema, {
    both: [...before].filter((label) => after.has(label)).sort(),
    firstOnly: [...before].filter((label) => !after.has(label)).sort(),
    secondOnly: [...after].filter((label) => !before.has(label)).sort(),
  });
}

function sideOf(version: Version): ComparedVersion {
  const { name, uid, number, state, stage, artifact, sizeBytes, fileCount, summary, author, creator } = version;
  const { formats = [], framework = "" } = summary ?? {};
  const { createTime } = version;
  const texts = { name, uid, number, stage, artifact, framework, author, creator };
  return create(ComparedVersionSchema, {
    ...texts,
    state,
    sizeBytes,
    fileCount,
    formats,
    ...(createTime && { createTime }),
  });
}

function keysOf(first: object, second: object): string[] {
  return [...new Set([...Object.keys(first), ...Object.keys(second)])].sort();
}

/** Only what was put in: keys are the words of clients, such as `constructor`. */
function own<Value>(record: Record<string, Value>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
