import { fromJson } from "@bufbuild/protobuf";
import type { AcrossTenants, Cursor, JsonObject, StoredDocument } from "@slipway/documents";
import { ReferenceSchema, ReferenceState } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import type { Engines } from "@slipway/standalone/engines";
import { expect } from "chai";
import type { Life } from "./life.ts";

/** Checks what clients cannot see, in the databases: sequences and references. */
export async function checkLedger(engines: Engines, lives: readonly Life[]): Promise<void> {
  for (const name of ["metadata", "artifact", "workflow"] as const) {
    const events = await everyDocument(engines[name].acrossTenants, "events");
    const sequences = events.map(({ body }) => Number(body.sequence ?? 0)).sort((a, b) => a - b);
    expect(sequences, `sequences of ${name}`).to.deep.equal(events.map((_, index) => index + 1));
  }
  expect(await everyDocument(engines.metadata.acrossTenants, "purge-remainders"), "left by purges").to.deep.equal([]);
  const references = (await everyDocument(engines.artifact.acrossTenants, "references")).map(({ body }) =>
    fromJson(ReferenceSchema, body.resource as JsonObject),
  );
  const kept = lives.flatMap((life) => [...life.kept.values()]);
  const purged = lives.flatMap((life) => [...life.purged]);
  const holders = kept.map(({ uid, artifact }) => `${uid} ${artifact}`);
  const confirmed = references.filter(({ state }) => state === ReferenceState.CONFIRMED);
  expect(confirmed.map(({ holderUid, artifact }) => `${holderUid} ${artifact}`)).to.have.members(holders);
  for (const { holderUid, expireTime } of references.filter((reference) => !confirmed.includes(reference))) {
    expect(purged).to.not.include(holderUid);
    expect(expireTime, "a claim whose holder never came lapses").to.not.equal(undefined);
  }
}

async function everyDocument(acrossTenants: AcrossTenants, collection: string): Promise<StoredDocument[]> {
  const all: StoredDocument[] = [];
  let after: Cursor | undefined;
  do {
    const page = await acrossTenants.query({ collection, limit: 1000, ...(after && { after }) });
    all.push(...page.documents);
    after = page.next;
  } while (after !== undefined);
  return all;
}
