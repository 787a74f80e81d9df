import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CollectionDefinition, StoredDocument } from "@slipway/documents";
import { openMongoDocuments } from "@slipway/documents/mongodb";
import { metadataCollections } from "@slipway/metadata";
import { DEFAULT_TENANT } from "@slipway/rpc";
import { readServerConfiguration, silentLogger, systemClock, systemIds } from "@slipway/runtime";
import { expect } from "chai";
import { untilServing } from "../../support/health-words.ts";
import { pushAndPull } from "../../support/push-and-pull.ts";
import { sharedEngines } from "../../support/shared-engines.ts";
import { EndedBeforeReady } from "../../support/slipway-process.ts";
import { SplitServer } from "../../support/split-server.ts";

const REFUSED = /A server as new as the stored data cannot be reached/;

/** As the next release may have it. */
const nextFormat = ({ name, formatVersion, ...rest }: CollectionDefinition): CollectionDefinition => ({
  ...rest,
  name,
  formatVersion: name === "versions" ? formatVersion + 1 : formatVersion,
});

describe("a version that a newer release has written", function () {
  this.timeout(240_000);
  let work: string;
  let split: SplitServer;

  before(async () => {
    work = await mkdtemp(join(tmpdir(), "slipway-newer-"));
  });
  after(async () => {
    await split?.remove();
    await rm(work, { recursive: true, force: true });
  });

  it("is neither read nor changed by an older one, which says so and does not start again", async () => {
    const engines = sharedEngines();
    split = await SplitServer.prepare({ env: engines });
    const services = await split.startAll();
    await Promise.all(Object.values(services).map(untilServing));
    await pushAndPull(split, work, "iris");

    const { documents: location } = readServerConfiguration(engines);
    if (location.engine !== "mongodb") throw new Error("the shared documents are in MongoDB");
    const { documents: newer } = await openMongoDocuments({
      url: location.url,
      database: `${location.prefix}-metadata`,
      collections: metadataCollections.map(nextFormat),
      clock: systemClock,
      log: silentLogger,
    });
    const { documents } = await newer.query({ tenant: DEFAULT_TENANT.uid, collection: "versions", limit: 10 });
    const [{ key, revision, body }] = documents as [StoredDocument];
    const written = { ...body, addedByTheNextRelease: true };
    await newer.commit([{ kind: "replace", key, revision, body: written }], systemIds.uid());

    for (const command of [
      ["versions", "show", "iris@1.0.0"],
      ["models", "delete", "iris"],
    ]) {
      const { code, stderr } = await split.run(command);
      expect(stderr, command.join(" ")).to.match(REFUSED);
      expect(code).to.equal(6);
    }
    expect(await services.metadata.stop(), services.metadata.log()).to.equal(0);
    const started: unknown = await split.start("metadata").catch((error: unknown) => error);
    expect(started).to.be.instanceOf(EndedBeforeReady).with.property("message").that.matches(/newer/);
    expect((await newer.get(key))?.body).to.deep.equal(written);
    await newer.close();
  });
});
