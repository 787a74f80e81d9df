import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { VersionSchema, type VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import fc from "fast-check";
import type { StoredModel } from "../models/model.ts";
import { ofModel, type StoredVersion } from "../versions/version.ts";

/** Texts that need care in a filter, look alike, or have words in several scripts. */
export const TEXTS = [
  "Ada",
  "Ada Lovelace",
  "ada-2",
  "ＡＤＡ",
  "a*b",
  'say "hi"',
  "back\\slash",
  "图像分类",
  "像分 BERT模型",
  "x:y=z",
  "nul\u0000inside",
  "-minus",
  "AND",
  "straße",
];
export const TAG_KEYS = ["env", "a.b", "a b", "a:b", "图"];
export const METRICS = ["f1", "loss/val"];
export const START_MS = Date.parse("2026-11-22T08:00:00Z");
export const ALIASES = ["champion", "challenger"];
const STATES = [1, 2, 3, 4, 4, 4, 5] as VersionState[];

const text = fc.constantFrom(...TEXTS);
const maybe = fc.oneof(fc.constant(""), text);
const time = fc.nat({ max: 4 }).map((seconds) => START_MS + seconds * 1000);

/** What tests search in: models, and versions in the order in which they were made. */
export interface Sought {
  models: StoredModel[];
  versions: StoredVersion[];
}

const described = fc.record({
  description: maybe,
  author: maybe,
  labels: fc.uniqueArray(text, { maxLength: 2 }),
  tags: fc.dictionary(fc.constantFrom(...TAG_KEYS), maybe, { maxKeys: 2, noNullPrototype: true }),
});

const version = fc.record({
  described,
  modelIndex: fc.nat({ max: 2 }),
  prerelease: fc.constantFrom("", "", "-rc.1"),
  state: fc.constantFrom(...STATES),
  stage: fc.constantFrom("", "development", "production"),
  framework: fc.constantFrom("", "sklearn 1.5", "torch"),
  formats: fc.uniqueArray(fc.constantFrom("onnx", "pickle"), { maxLength: 2 }),
  sizeBytes: fc.nat({ max: 5 }).map(BigInt),
  metrics: fc.dictionary(fc.constantFrom(...METRICS), fc.constantFrom(0, 0.5, 1, -3, 1e300, Number.NaN), {
    noNullPrototype: true,
  }),
  updateMs: time,
  publishMs: fc.option(time),
  isDeleted: fc.nat({ max: 5 }).map((n) => n === 0),
  aliases: fc.subarray(ALIASES),
});

/** Three models, the last of which may be deleted, with some versions. */
export function soughtVersions(uid: () => string, maxLength: number): fc.Arbitrary<Sought> {
  return fc.tuple(fc.array(version, { minLength: 1, maxLength }), fc.boolean()).map(([drawn, isDeleted]) => {
    const models = ["iris", "Iris 图像", "spam-classifier"].map((name, index): StoredModel => {
      const deleted = index === 2 && isDeleted;
      const model = create(ModelSchema, {
        name: `models/${name}`,
        uid: uid(),
        creator: "users/alice",
        createTime: timestampFromMs(START_MS),
        updateTime: timestampFromMs(START_MS),
        ...(deleted && { deleteTime: timestampFromMs(START_MS) }),
      });
      return { revision: 0, model, counters: { stageEntries: 0 } };
    });
    const made = drawn.map(({ modelIndex, described: words, ...rest }, index) => {
      const model = models[modelIndex] as StoredModel;
      const number = `${index % 3}.${index}.0${rest.prerelease}`;
      const { updateMs, publishMs, isDeleted: deleted, prerelease: _, aliases, framework, formats, ...plain } = rest;
      for (const alias of aliases) model.model.aliases[alias] = number;
      const message = create(VersionSchema, {
        ...words,
        ...plain,
        uid: uid(),
        number,
        ordinal: BigInt(index + 1),
        artifact: `artifacts/${String(index % 4).padStart(64, "0")}`,
        summary: { framework, formats },
        creator: index % 2 === 0 ? "users/alice" : "users/bob",
        createTime: timestampFromMs(START_MS + index * 1000),
        updateTime: timestampFromMs(updateMs),
        ...(publishMs !== null && { publishTime: timestampFromMs(publishMs) }),
        ...(deleted && { deleteTime: timestampFromMs(updateMs) }),
      });
      return {
        revision: 0,
        modelUid: model.model.uid,
        version: message,
        ofModel: ofModel(model.model, message.number),
      };
    });
    return { models, versions: made };
  });
}
