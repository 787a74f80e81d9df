import { timestampMs } from "@bufbuild/protobuf/wkt";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import fc from "fast-check";
import type { StoredVersion } from "../versions/version.ts";
import { hasWords } from "./plain-words.test.ts";
import { ALIASES, METRICS, START_MS, TAG_KEYS, TEXTS } from "./sought-versions.test.ts";

/** A filter as a person means it: how it is written, and whether it holds for a version. */
export interface PlainFilter {
  text: string;
  holds(stored: StoredVersion): boolean;
}

type Values<Value> = (stored: StoredVersion) => readonly Value[];

const of = (stored: StoredVersion) => stored.version;
const modelName = (stored: StoredVersion) => stored.ofModel.name;

/** What versions say in each field that is text; more than one where several spellings, or elements, are found. */
const SINGLE: Record<string, Values<string>> = {
  name: (stored) => [`models/${modelName(stored)}/versions/${of(stored).number}`],
  model: (stored) => [modelName(stored), `models/${modelName(stored)}`],
  number: (stored) => [of(stored).number],
  stage: (stored) => [of(stored).stage],
  author: (stored) => [of(stored).author],
  creator: (stored) => [of(stored).creator],
  framework: (stored) => [of(stored).summary?.framework ?? ""],
  artifact: (stored) => [of(stored).artifact, of(stored).artifact.slice("artifacts/".length)],
};
const LISTS: Record<string, Values<string>> = {
  labels: (stored) => of(stored).labels,
  formats: (stored) => of(stored).summary?.formats ?? [],
  alias: (stored) => stored.ofModel.aliases,
};
const NUMBERS: Record<string, Values<number>> = {
  ordinal: (stored) => [Number(of(stored).ordinal)],
  size_bytes: (stored) => [Number(of(stored).sizeBytes)],
};
const TIMES: Record<string, Values<number>> = Object.fromEntries(
  (["createTime", "updateTime", "publishTime", "deleteTime"] as const).map((field) => [
    field.replace("Time", "_time"),
    (stored: StoredVersion) => {
      const time = of(stored)[field];
      return time === undefined ? [] : [timestampMs(time)];
    },
  ]),
);

const tagOf = (key: string) => (stored: StoredVersion) => {
  const value = of(stored).tags[key];
  return value === undefined ? [] : [value];
};
const metricOf = (name: string) => (stored: StoredVersion) => {
  const value = of(stored).metrics[name];
  return value === undefined || !Number.isFinite(value) ? [] : [value];
};

const quoted = (text: string) => `"${text.replace(/["\\*]/g, "\\$&")}"`;
/** Bare where that reads the same. */
const written = (text: string) => (/^[A-Za-z0-9.]+$/.test(text) && text !== "AND" ? text : quoted(text));
const keyWritten = (key: string) => (/^[\w.图]+$/u.test(key) ? key : `"${key}"`);

/** Texts that somebody can ask for: a filter holds no control character. */
const askable = [...TEXTS.filter((text) => !text.includes("\u0000")), "", "nobody", "nul"];
const words = fc.constantFrom(
  ...askable,
  ...[
    "iris",
    "Iris 图像",
    "models/iris",
    "users/alice",
    "production",
    "torch",
    "1.1.0",
    "2.5.0-rc.1",
    "onnx",
    "pickle",
  ],
  ...[`${"0".repeat(63)}1`, `artifacts/${"0".repeat(63)}2`, "models/iris/versions/0.0.0", ...ALIASES],
);

/** Comparisons of texts: equality, beginnings, presence. */
function texts(field: string, valuesOf: Values<string>, has: boolean): fc.Arbitrary<PlainFilter> {
  const comparator = fc.constantFrom("=", "!=", ...(has ? [":"] : []));
  const exact = fc.tuple(comparator, words).map(([sign, wanted]) => ({
    text: `${field} ${sign} ${written(wanted)}`,
    holds: (stored: StoredVersion) => valuesOf(stored).includes(wanted) !== (sign === "!="),
  }));
  const beginning = fc.tuple(comparator, words, fc.integer({ min: 1, max: 4 })).map(([sign, wanted, length]) => {
    const start = [...wanted].slice(0, length).join("") || "x";
    return {
      text: `${field} ${sign} ${quoted(start).slice(0, -1)}*"`,
      holds: (stored: StoredVersion) => valuesOf(stored).some((value) => value.startsWith(start)) !== (sign === "!="),
    };
  });
  return fc.oneof(exact, beginning);
}

function presence(field: string, holds: PlainFilter["holds"]): fc.Arbitrary<PlainFilter> {
  return fc.constant({ text: `${field}:*`, holds });
}

const COMPARISONS: Record<string, (left: number, right: number) => boolean> = {
  "=": (left, right) => left === right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

function numbers(field: string, valuesOf: Values<number>, value: fc.Arbitrary<[string, number]>) {
  const sign = fc.constantFrom("!=", ...Object.keys(COMPARISONS));
  const compared = fc.tuple(sign, value).map(([comparator, [shown, wanted]]) => ({
    text: `${field} ${comparator} ${shown}`,
    holds: (stored: StoredVersion) =>
      comparator === "!="
        ? !valuesOf(stored).some((one) => one === wanted)
        : valuesOf(stored).some((one) => COMPARISONS[comparator]?.(one, wanted)),
  }));
  return fc.oneof(
    compared,
    presence(field, (stored) => valuesOf(stored).length > 0),
  );
}

const amount = fc.constantFrom(0, -0, 0.5, 1, 3, -3, 1e300).map((n): [string, number] => [String(n), n]);
const instant = fc.nat({ max: 5 }).map((seconds): [string, number] => {
  const timeMs = START_MS + seconds * 1000;
  return [`"${new Date(timeMs).toISOString()}"`, timeMs];
});

const states = fc.tuple(fc.constantFrom("=", "!="), fc.constantFrom(1, 2, 3, 4, 5)).map(([sign, state]) => ({
  text: `state ${sign} ${VersionState[state]}`,
  holds: (stored: StoredVersion) => (of(stored).state === state) === (sign === "="),
}));

const bareWords = fc
  .tuple(fc.constantFrom(...askable, "iris", "分", "图像", "cla", "BERT"), fc.boolean())
  .map(([word, star]) => {
    const wanted = /[\p{L}\p{N}]/u.test(word) ? word : "iris";
    const isBare = /^\p{L}+$/u.test(wanted) && wanted !== "AND";
    const text = isBare ? wanted : quoted(wanted).slice(1, -1);
    return {
      text: isBare ? `${text}${star ? "*" : ""}` : `"${text}${star ? "*" : ""}"`,
      holds: (stored: StoredVersion) => hasWords(stored, wanted, star),
    };
  });

const restriction: fc.Arbitrary<PlainFilter> = fc.oneof(
  ...Object.entries(SINGLE).flatMap(([field, valuesOf]) => [
    texts(field, valuesOf, false),
    presence(field, (stored) => valuesOf(stored)[0] !== ""),
  ]),
  ...Object.entries(LISTS).flatMap(([field, valuesOf]) => [
    texts(field, valuesOf, true),
    presence(field, (stored) => valuesOf(stored).length > 0),
  ]),
  ...TAG_KEYS.flatMap((key) => [
    texts(`tags.${keyWritten(key)}`, tagOf(key), true),
    presence(`tags.${keyWritten(key)}`, (stored) => tagOf(key)(stored).length > 0),
    fc.constant({ text: `tags:${quoted(key)}`, holds: (stored: StoredVersion) => tagOf(key)(stored).length > 0 }),
  ]),
  fc.constant({
    text: "tags:a*",
    holds: (stored: StoredVersion) => Object.keys(of(stored).tags).some((key) => key.startsWith("a")),
  }),
  presence("tags", (stored) => Object.keys(of(stored).tags).length > 0),
  presence("description", (stored) => of(stored).description !== ""),
  presence("metrics", (stored) => METRICS.some((name) => metricOf(name)(stored).length > 0)),
  ...METRICS.map((name) => numbers(`metrics.${name}`, metricOf(name), amount)),
  ...Object.entries(NUMBERS).map(([field, valuesOf]) => numbers(field, valuesOf, amount)),
  ...Object.entries(TIMES).map(([field, valuesOf]) => numbers(field, valuesOf, instant)),
  states,
  bareWords,
  bareWords,
);

/** Filters over every field, combined with every operator, some levels deep. */
export const plainFilters: fc.Arbitrary<PlainFilter> = fc.letrec<{ filter: PlainFilter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    restriction,
    fc.tuple(fc.constantFrom("NOT ", "-"), tie("filter")).map(([sign, inner]) => ({
      text: `${sign}(${inner.text})`,
      holds: (stored: StoredVersion) => !inner.holds(stored),
    })),
    fc.tuple(fc.constantFrom(" AND ", " "), tie("filter"), tie("filter")).map(([and, left, right]) => ({
      text: `(${left.text})${and}(${right.text})`,
      holds: (stored: StoredVersion) => left.holds(stored) && right.holds(stored),
    })),
    // OR binds closer than AND.
    fc.tuple(restriction, restriction, restriction).map(([first, second, third]) => ({
      text: `${first.text} AND ${second.text} OR ${third.text}`,
      holds: (stored: StoredVersion) => first.holds(stored) && (second.holds(stored) || third.holds(stored)),
    })),
    fc.tuple(tie("filter"), tie("filter")).map(([left, right]) => ({
      text: `(${left.text}) OR (${right.text})`,
      holds: (stored: StoredVersion) => left.holds(stored) || right.holds(stored),
    })),
  ),
})).filter;
