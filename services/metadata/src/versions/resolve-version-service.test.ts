import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("ResolveVersion", () => {
  let server: MetadataServer;
  let alice: Clients;
  let viewer: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    viewer = server.as({ role: "viewer", principal: "users/victor" });
    versions = new Versions(server);
  });
  after(() => server.close());

  let parent = "";
  before(async () => {
    parent = await versions.model("resolves");
    for (const number of ["1.0.0", "1.2.0", "1.2.1", "2.0.0-rc.1", "2.0.0", "3.0.0-rc.1"]) {
      await versions.publish(parent, { number });
    }
    await versions.create(parent, { number: "4.0.0" });
    await versions.finish(await versions.create(parent, { number: "5.0.0" }), Verdict.DANGEROUS);
    await alice.models.setAlias({ model: parent, alias: "champion", version: "1.2.0" });
    await alice.models.setAlias({ model: parent, alias: "next", version: "4.0.0" });
  });

  const resolve = async (selector: string, clients = alice) =>
    (await clients.versions.resolveVersion({ model: parent, selector })).version?.number;

  const found: [selector: string, number: string][] = [
    ["1.0.0", "1.0.0"],
    ["4.0.0", "4.0.0"],
    ["5.0.0", "5.0.0"],
    ["^1.2", "1.2.1"],
    ["1.x", "1.2.1"],
    ["~1.2.0", "1.2.1"],
    ["<1.2.1", "1.2.0"],
    ["*", "2.0.0"],
    ["v2", "2.0.0"],
    [">=3.0.0-rc.0", "3.0.0-rc.1"],
    ["1.0.0 || 1.2.0", "1.2.0"],
    ["latest", "2.0.0"],
    ["", "2.0.0"],
    ["development", "3.0.0-rc.1"],
    ["champion", "1.2.0"],
    ["next", "4.0.0"],
  ];
  for (const [selector, number] of found) {
    it(`finds ${number} by "${selector}"`, async () => {
      expect(await resolve(selector)).to.equal(number);
    });
  }

  for (const [selector, reason] of [
    ["9.9.9", "VERSION_NOT_FOUND"],
    [">=4", "SELECTOR_NOT_FOUND"],
    ["production", "SELECTOR_NOT_FOUND"],
    ["nobody", "SELECTOR_NOT_FOUND"],
    ["constructor", "SELECTOR_NOT_FOUND"],
    ["What?", "SELECTOR_INVALID"],
  ] as const) {
    it(`refuses "${selector}" with ${reason}`, async () => {
      const error = await refusal(resolve(selector), reason);
      expect(error.code).to.equal(reason === "SELECTOR_INVALID" ? "INVALID_ARGUMENT" : "NOT_FOUND");
      expect(error.message).to.contain(selector);
    });
  }

  it("hides from viewers what is not published", async () => {
    await refusal(resolve("4.0.0", viewer), "VERSION_NOT_FOUND");
    await refusal(resolve("next", viewer), "VERSION_NOT_FOUND");
    expect(await resolve("champion", viewer)).to.equal("1.2.0");
  });

  it("follows what enters a stage and what leaves it", async () => {
    const entered = await versions.publish(parent, { number: "1.0.5" });
    expect(await resolve("development")).to.equal("1.0.5");
    await alice.versions.deleteVersion({ name: entered.name });
    expect(await resolve("development")).to.equal("3.0.0-rc.1");
  });

  it("finds nothing latest where nothing stable is published", async () => {
    const empty = await versions.model("empty");
    await versions.publish(empty, { number: "1.0.0-rc.1" });
    await refusal(alice.versions.resolveVersion({ model: empty, selector: "" }), "SELECTOR_NOT_FOUND");
    await refusal(alice.versions.resolveVersion({ model: "models/nobody" }), "MODEL_NOT_FOUND");
  });
});
