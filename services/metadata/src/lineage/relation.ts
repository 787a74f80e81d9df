import { createHash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type LineageDataset,
  type Relation,
  RelationKind,
  RelationSchema,
} from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { fail } from "@slipway/rpc";

/** A version in a lineage, also one that is purged meanwhile. */
export interface VersionPoint {
  /** Uid of the version. */
  id: string;
  modelUid: string;
  number: string;
  /** Resource name when the relation was added. */
  name: string;
}

/** A dataset in a lineage; its id follows from name and artifact. */
export interface DatasetPoint {
  id: string;
  dataset: LineageDataset;
}

export type LineagePoint = VersionPoint | DatasetPoint;

/** A relation as it is stored. Without what follows: the names of versions may change with their models. */
export interface StoredRelation {
  /** Of its document; 0 before it is stored. */
  revision: number;
  uid: string;
  kind: RelationKind;
  source: VersionPoint;
  target: LineagePoint;
  creator: string;
  createTimeMs: number;
}

/** Relations that one version may have to others; a page of them is read at once, and a purge removes them in a commit. */
export const MAXIMUM_RELATIONS = 100;

/** Those that can have a dataset as their target. */
const OF_DATA: readonly RelationKind[] = [RelationKind.TRAINED_ON, RelationKind.EVALUATED_ON];

export function isVersion(point: LineagePoint): point is VersionPoint {
  return "modelUid" in point;
}

/** The dataset as a point; one name with another artifact is another dataset. */
export function datasetPoint(dataset: LineageDataset): DatasetPoint {
  const identity = JSON.stringify([dataset.name, dataset.artifact]);
  return { id: createHash("sha256").update(identity).digest("hex"), dataset };
}

/** Whether the source came to be from the target, so that the walk goes on. */
export function isDescent({ kind }: Pick<StoredRelation, "kind">): boolean {
  return kind !== RelationKind.EVALUATED_ON;
}

/** Refuses with REQUEST_INVALID a dataset where only a version can stand. */
export function checkTarget({ kind, target }: Relation): void {
  if (target.case !== "dataset" || OF_DATA.includes(kind)) return;
  const description = `a version is ${kindInWords(kind)} another version; only TRAINED_ON and EVALUATED_ON take a dataset`;
  throw fail(
    "REQUEST_INVALID",
    { summary: `relation.dataset: ${description}` },
    { fields: [{ field: "relation.dataset", description }] },
  );
}

/** `fine-tuned from`, as it stands in sentences. */
export function kindInWords(kind: RelationKind): string {
  const words = RelationKind[kind].toLowerCase().replaceAll("_", " ");
  return kind === RelationKind.FINE_TUNED_FROM ? words.replace("fine ", "fine-") : words;
}

/** What people read of a point. */
export function nameOfPoint(point: LineagePoint): string {
  if (isVersion(point)) return point.name;
  const { name, artifact } = point.dataset;
  return artifact === "" ? `the dataset ${name}` : `the dataset ${name} (${artifact})`;
}

/** The relation as clients see it, with the names that its versions have now. */
export function shownRelation(stored: StoredRelation): Relation {
  const { uid, kind, source, target, creator, createTimeMs } = stored;
  return create(RelationSchema, {
    source: source.name,
    kind,
    target: isVersion(target) ? { case: "version", value: target.name } : { case: "dataset", value: target.dataset },
    uid,
    creator,
    createTime: timestampFromMs(createTimeMs),
  });
}
