import { create } from "@bufbuild/protobuf";
import { RelationSchema } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import {
  AddRelationResponseSchema,
  type LineageService,
  RemoveRelationResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import { callerOf, fail, type Handlers } from "@slipway/rpc";
import type { ChangeStore } from "../changes/change-store.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { MAXIMUM_ANCESTORS, pathInWords, wayUp } from "./cycle.ts";
import { currentName } from "./lineage-view.ts";
import {
  checkTarget,
  isDescent,
  isVersion,
  kindInWords,
  MAXIMUM_RELATIONS,
  nameOfPoint,
  type StoredRelation,
  shownRelation,
} from "./relation.ts";
import type { RelationEndsWorker } from "./relation-ends-worker.ts";
import { relationSubject } from "./relation-event.ts";
import type { RelationStore } from "./relation-store.ts";

export interface RelationServiceOptions {
  versions: VersionStore;
  relations: RelationStore;
  ends: RelationEndsWorker;
  changes: ChangeStore;
}

/** The relations of a tenant change in turn, so that a look for a circle seldom has to be repeated. */
const TURN = "lineage/";

/** AddRelation and RemoveRelation. */
export function relationHandlers({
  versions,
  relations,
  ends,
  changes,
}: RelationServiceOptions): Pick<Handlers<typeof LineageService>, "addRelation" | "removeRelation"> {
  return {
    async addRelation(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const sent = request.relation ?? create(RelationSchema);
      checkTarget(sent);
      return changes.change(context, request, { key: TURN, name: sent.source }, async () => {
        // Before anything is looked at: what another call adds from here on makes this one look anew.
        const turn = await relations.turn(tenantUid);
        const { source, target, versions: found } = await ends.find(caller, sent, false);
        const given = { uid: changes.uid(), creator: caller.principal, createTimeMs: changes.nowMs() };
        const relation: StoredRelation = { revision: 0, kind: sent.kind, source, target, ...given };
        if ((await relations.find(tenantUid, relation)) !== undefined) throw fail("RELATION_EXISTS", inWords(relation));
        if ((await relations.countOf(tenantUid, source)) >= MAXIMUM_RELATIONS) {
          throw fail("TOO_MANY_RELATIONS", { name: source.name, limit: MAXIMUM_RELATIONS });
        }
        await checkNoCircle(tenantUid, relation);
        return {
          writes: [
            turn,
            relations.insert(tenantUid, relation),
            // Nobody deletes the versions between this look at them and the commit.
            ...found.map((stored) => versions.check(tenantUid, stored)),
            changes.event(caller, "slipway.relation.added", relationSubject(relation)),
          ],
          response: create(AddRelationResponseSchema, { relation: shownRelation(relation) }),
        };
      });
    },

    async removeRelation(request, context) {
      const caller = callerOf(context);
      const { tenantUid } = caller;
      const sent = request.relation ?? create(RelationSchema);
      checkTarget(sent);
      return changes.change(context, request, { key: TURN, name: sent.source }, async () => {
        const { source, target } = await ends.find(caller, sent, true);
        const wanted = { kind: sent.kind, source, target };
        const stored = await relations.find(tenantUid, wanted);
        if (stored === undefined) throw fail("RELATION_NOT_FOUND", inWords(wanted));
        return {
          writes: [
            relations.remove(tenantUid, stored),
            changes.event(caller, "slipway.relation.removed", relationSubject({ ...stored, ...wanted })),
          ],
          response: create(RemoveRelationResponseSchema),
        };
      });
    },
  };

  async function checkNoCircle(tenantUid: string, relation: StoredRelation): Promise<void> {
    const { source, target } = relation;
    if (!isVersion(target) || !isDescent(relation)) return;
    const circle = (path: string) => fail("LINEAGE_CYCLE", { ...inWords(relation), path });
    if (source.id === target.id) throw circle("they are one version");
    // Most often nothing came from what is new.
    if (!(await relations.hasDescendants(tenantUid, source.id))) return;
    const way = await wayUp(target, source, (ids) => relations.touching(tenantUid, "source", ids));
    if (way === undefined) return;
    if (way === "TOO_LARGE") {
      throw fail("LINEAGE_TOO_LARGE", { name: source.name, target: target.name, limit: MAXIMUM_ANCESTORS });
    }
    const points = [source, ...way.map((step) => step.source).reverse()];
    const found = await versions.atPoints(tenantUid, points);
    throw circle(pathInWords(points.map((point) => currentName(point, found.get(point.id)))));
  }
}

/** `models/a/versions/1.0.0`, `fine-tuned from`, `models/b/versions/1.0.0`. */
function inWords({ source, kind, target }: Pick<StoredRelation, "source" | "kind" | "target">) {
  return { name: source.name, kind: kindInWords(kind), target: nameOfPoint(target) };
}
