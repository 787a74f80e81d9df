import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Connection, connect, push } from "@slipway/client";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";
import type { BadInputWorld } from "./bad-input/bad-input-case.ts";
import { FILES } from "./bad-input/files.ts";
import { NAMES_AND_NUMBERS } from "./bad-input/names-and-numbers.ts";
import { REQUESTS } from "./bad-input/requests.ts";

const example = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

describe("Bad input over the network", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let world: BadInputWorld;
  const connections: Connection[] = [];
  /** What the tenant has before any bad input. */
  let atFirst: unknown;

  const open = (key: string): Connection => {
    const connection = connect({ url: server.url, key });
    connections.push(connection);
    return connection;
  };

  const contents = async ({ connection }: BadInputWorld) => ({
    models: (await connection.models.listModels({ showDeleted: true, filter: "NOT name = once" })).models,
    versions: (await connection.versions.listVersions({ parent: "models/-", showDeleted: true })).versions,
  });

  before(async () => {
    server = await SlipwayProcess.start({ env: { SLIPWAY_AUTH: "keys" } });
    const connection = open((await readFile(join(server.home, "data", "bootstrap-key"), "utf8")).trim());
    const { secret } = await connection.access.createTenant({
      tenant: { name: "tenants/acme" },
      administrator: "users/admin",
    });
    const stateFolder = join(server.home, "client");
    const { signal } = new AbortController();
    const pushed = (path: string, model: string, force = false) =>
      push(connection, { path: example(path), model, force, stateFolder, signal });
    const { version } = await pushed("iris", "iris");
    await pushed("iris", "iris", true);
    await connection.versions.deleteVersion({ name: "models/iris/versions/1.0.1" });
    const { version: other } = await pushed("iris-float64", "other");
    const { model } = await connection.models.getModel({ name: "models/iris" });
    await connection.models.updateModel({ model: { name: "models/iris", description: "kept" } });
    world = {
      connection,
      stranger: open(secret),
      artifact: version.artifact,
      otherArtifact: other.artifact,
      staleEtag: model?.etag ?? "",
    };
    atFirst = await contents(world);
  });
  after(async () => {
    for (const connection of connections) connection.close();
    await server?.remove();
  });

  for (const { what, call, error, text, fields } of [...NAMES_AND_NUMBERS, ...FILES, ...REQUESTS]) {
    it(`refuses ${what}`, async () => {
      const failure = await call(world).then(
        () => expect.fail("it was accepted"),
        (reason: unknown) => reason,
      );
      if (!(failure instanceof RpcError)) throw failure;
      expect(`${failure.code} ${failure.reason}`).to.equal(error);
      if (typeof text === "string") expect(failure.message).to.equal(text);
      else expect(failure.message).to.match(text);
      expect(failure.fields.map(({ field }) => field)).to.deep.equal(fields ?? []);
      expect(failure.fields.length > 0).to.equal(failure.code === "INVALID_ARGUMENT");
      expect(failure.preconditions).to.deep.equal(unmet(failure));
    });
  }

  it("leaves everything as it was, and the server without a word of trouble", async () => {
    expect(await contents(world)).to.deep.equal(atFirst);
    expect(server.log()).to.equal("");
  });
});

/** What a FAILED_PRECONDITION says to programs: of which resource the state is in the way. */
function unmet({ code, reason, message, metadata: { name } }: RpcError) {
  return code === "FAILED_PRECONDITION" ? [{ type: reason, subject: name, description: message }] : [];
}
