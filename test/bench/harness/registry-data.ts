import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Model, ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { VersionSchema, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { newModel, ofModel, type StoredVersion } from "@slipway/metadata";
import { chineseOf, pick, wordOf } from "./registry-words.ts";

/** What queries ask for, and how many values each has. */
export const VARIETY = { teams: 200, authors: 500, frameworks: 6, labels: 30 } as const;

const FORMATS = ["onnx", "safetensors", "gguf", "pickle", "hdf5"];
const START_MS = Date.parse("2024-01-01T00:00:00Z");
const REJECTED_SHARE = 0.04;
const DESCRIPTION_WORDS = 12;

type StoredModel = ReturnType<typeof newModel>;

/** A model and its versions as a registry of some years has them; `random` decides everything. */
export function modelWithVersions(
  index: number,
  versions: number,
  random: () => number,
): { model: StoredModel; versions: StoredVersion[] } {
  const name = `${wordOf(random)} ${wordOf(random)} ${index}`;
  const createdMs = START_MS + Math.floor(random() * 1e10);
  const sent = create(ModelSchema, { description: descriptionOf(random), labels: labelsOf(random) });
  const model = newModel(sent, { name, uid: uidOf(random), creator: "users/bench", nowMs: createdMs });
  model.model.versionCount = BigInt(versions);
  model.counters.stageEntries = versions;
  const all = Array.from({ length: versions }, (_, ordinal) =>
    versionOf(model.model, { ordinal, last: versions - 1, nowMs: createdMs + ordinal * 3_600_000 }, random),
  );
  return { model, versions: all };
}

function versionOf(
  model: Model,
  { ordinal, last, nowMs }: { ordinal: number; last: number; nowMs: number },
  random: () => number,
): StoredVersion {
  const rejected = random() < REJECTED_SHARE;
  const stage = rejected ? "" : stageOf(last - ordinal);
  const number = `${1 + Math.floor(ordinal / 10)}.${ordinal % 10}.0`;
  const version = create(VersionSchema, {
    uid: uidOf(random),
    number,
    ordinal: BigInt(ordinal + 1),
    state: rejected ? VersionState.REJECTED : VersionState.PUBLISHED,
    stage,
    artifact: `artifacts/${uidOf(random).replaceAll("-", "")}${uidOf(random).replaceAll("-", "")}`,
    sizeBytes: BigInt(Math.floor(random() ** 4 * 1e11)),
    fileCount: 1 + Math.floor(random() * 20),
    description: descriptionOf(random),
    tags: { env: pick(random, ["prod", "test", "lab"]), team: `team-${Math.floor(random() * VARIETY.teams)}` },
    labels: labelsOf(random),
    author: `author ${Math.floor(random() * VARIETY.authors)}`,
    creator: "users/bench",
    createTime: timestampFromMs(nowMs),
    updateTime: timestampFromMs(nowMs),
    metrics: { f1: random(), accuracy: random() },
    summary: {
      framework: `framework-${Math.floor(random() * VARIETY.frameworks)}`,
      formats: [pick(random, FORMATS)],
    },
  });
  const stageEntry = stage === "" ? {} : { stageEntry: ordinal + 1 };
  return { revision: 0, modelUid: model.uid, version, ofModel: ofModel(model, number), ...stageEntry };
}

/** The newest version is in production, a few behind it in testing, old ones are archived. */
function stageOf(age: number): string {
  if (age === 0) return "production";
  if (age <= 2) return "testing";
  return age < 20 ? "development" : "archived";
}

function descriptionOf(random: () => number): string {
  const words = Array.from({ length: DESCRIPTION_WORDS }, () => wordOf(random));
  return `${words.join(" ")} ${chineseOf(random, 6)}`;
}

function labelsOf(random: () => number): string[] {
  const label = () => `label-${Math.floor(random() * VARIETY.labels)}`;
  return [...new Set([label(), label()])];
}

/** Unique as far as a run can tell; its time is nobody's concern. */
function uidOf(random: () => number): string {
  const hex = (digits: number) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  return `${hex(8)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(6)}${hex(6)}`;
}
