import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CertifiedKey, createTestAuthority } from "@slipway/rpc/testing";
import { expect } from "chai";
import { untilMissing, untilServing } from "../support/health-words.ts";
import { pushAndPull } from "../support/push-and-pull.ts";
import { sharedEngines } from "../support/shared-engines.ts";
import { SplitServer } from "../support/split-server.ts";

describe("Three services that know each other by certificates", function () {
  this.timeout(240_000);
  const authority = createTestAuthority("Slipway test authority");
  let work: string;
  let split: SplitServer;

  before(async () => {
    work = await mkdtemp(join(tmpdir(), "slipway-tls-"));
    const clientEnv = await files("client", authority.issue("ada"));
    const env = { ...sharedEngines(), ...(await files("service", authority.issue("slipway"))) };
    split = await SplitServer.prepare({ scheme: "https", env, clientEnv });
  });
  after(async () => {
    await split?.remove();
    await rm(work, { recursive: true, force: true });
  });

  /** The variables of a certificate, whose files are written. */
  async function files(name: string, { certificate, key }: CertifiedKey): Promise<Record<string, string>> {
    const write = async (kind: string, text: string) => {
      const path = join(work, `${name}-${kind}.pem`);
      await writeFile(path, text);
      return path;
    };
    return {
      SLIPWAY_TLS_CERTIFICATE: await write("certificate", certificate),
      SLIPWAY_TLS_KEY: await write("key", key),
      SLIPWAY_TLS_AUTHORITIES: await write("authority", authority.certificate),
    };
  }

  it("take a push to a published version and give it back", async () => {
    const services = await split.startAll();
    await Promise.all(Object.values(services).map(untilServing));
    await pushAndPull(split, work, "iris");
  });

  it("refuse who shows no certificate, or one of somebody else's authority", async () => {
    const without = { SLIPWAY_TLS_CERTIFICATE: "", SLIPWAY_TLS_KEY: "" };
    const stranger = createTestAuthority("Somebody else").issue("mallory");
    const { SLIPWAY_TLS_CERTIFICATE = "", SLIPWAY_TLS_KEY = "" } = await files("stranger", stranger);
    for (const env of [without, { SLIPWAY_TLS_CERTIFICATE, SLIPWAY_TLS_KEY }]) {
      const { code, stdout } = await split.run(["models", "list"], { env });
      expect([code, stdout]).to.deep.equal([6, ""]);
    }
  });

  it("ask nobody for a certificate where keys are enough", async () => {
    const { urls } = split;
    const lax = await split.start("metadata", { SLIPWAY_LISTEN: "127.0.0.1:0", SLIPWAY_TLS_CLIENTS: "none" });
    await untilServing(lax);
    const env = { SLIPWAY_URL: lax.url, SLIPWAY_TLS_CERTIFICATE: "", SLIPWAY_TLS_KEY: "" };
    expect((await split.run(["models", "list"], { env })).code).to.equal(0);
    expect(lax.url).to.not.equal(urls.metadata);
    await lax.stop();
  });

  it("say of a certificate that has expired: their own at the start, another's in health", async () => {
    const expired = await files("expired", authority.issue("slipway", { toMs: Date.now() - 1000 }));
    const refused = await split.start("workflow", { ...expired, SLIPWAY_LISTEN: "127.0.0.1:0" }).catch(String);
    expect(refused).to.match(/SLIPWAY_TLS_CERTIFICATE: the certificate in .*expired-certificate.pem expired at/);

    const soon = await files("soon", authority.issue("slipway", { toMs: Date.now() + 20_000 }));
    const own = await split.start("metadata", { ...soon, SLIPWAY_LISTEN: "127.0.0.1:0" });
    expect((await own.health()).warnings[0]).to.match(/certificate expires at/);
    const { code } = await untilMissing(own, /this server's certificate expired at .*Put a new one/);
    expect(code).to.equal(503);
    const asking = await split.start("workflow", { SLIPWAY_LISTEN: "127.0.0.1:0", SLIPWAY_METADATA_URL: own.url });
    await untilMissing(asking, /no trusted connection to the metadata service at https:.*certificate has expired/);
    await asking.stop();
    await own.stop();
  });
});
