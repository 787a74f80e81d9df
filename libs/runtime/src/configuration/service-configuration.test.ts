import { expect } from "chai";
import { ConfigurationError, type Environment } from "./environment-reader.ts";
import { readServiceConfiguration } from "./service-configuration.ts";
import { SERVICE_NAMES, type ServiceName } from "./service-urls.ts";

const SHARED: Environment = {
  SLIPWAY_DOCUMENTS: "mongodb://127.0.0.1:27017/slipway?replicaSet=rs0",
  SLIPWAY_EVENTS: "nats://127.0.0.1:4222",
  SLIPWAY_OBJECTS: "file:/shared/objects",
  SLIPWAY_SERVICE_KEY: "5e".repeat(32),
};

function problems(environment: Environment, service: ServiceName = "artifact"): readonly string[] {
  try {
    readServiceConfiguration(environment, service);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe("the configuration of a service alone", () => {
  it("has a port of its own, and finds the others on this machine", () => {
    for (const service of SERVICE_NAMES) {
      const { listen, healthListen, anyHealthPort, urls } = readServiceConfiguration(SHARED, service);
      expect(urls).to.deep.equal({
        metadata: "http://127.0.0.1:7001",
        artifact: "http://127.0.0.1:7002",
        workflow: "http://127.0.0.1:7003",
      });
      expect(`http://${listen.host}:${listen.port}`).to.equal(urls[service]);
      expect([healthListen, anyHealthPort]).to.deep.equal([{ host: "127.0.0.1", port: 9464 }, true]);
    }
  });

  it("takes another address for health, or none", () => {
    const at = (text: string) => readServiceConfiguration({ ...SHARED, SLIPWAY_HEALTH_LISTEN: text }, "workflow");
    expect(at("0.0.0.0:80")).to.deep.include({ healthListen: { host: "0.0.0.0", port: 80 }, anyHealthPort: false });
    expect(at("off").healthListen).to.equal(undefined);
  });

  it("expects TLS of the others where it has TLS itself", () => {
    const tls = { SLIPWAY_TLS_CERTIFICATE: "/c.pem", SLIPWAY_TLS_KEY: "/k.pem" };
    expect(readServiceConfiguration({ ...SHARED, ...tls }, "metadata").urls.artifact).to.equal(
      "https://127.0.0.1:7002",
    );
  });

  it("refuses engines that only one process can use, and says what to do", () => {
    const { SLIPWAY_SERVICE_KEY } = SHARED;
    const found = problems({ SLIPWAY_SERVICE_KEY });
    expect(found.map((problem) => problem.split(":")[0])).to.deep.equal([
      "SLIPWAY_DOCUMENTS",
      "SLIPWAY_EVENTS",
      "SLIPWAY_OBJECTS",
    ]);
    expect(found[0]).to.contain("mongodb://").and.to.contain("slipway serve");
    expect(found[1]).to.contain("nats://");
    expect(found[2]).to.contain("s3+https://").and.to.contain("file:");
    for (const service of ["metadata", "workflow"] as const) {
      expect(problems({ SLIPWAY_SERVICE_KEY }, service)).to.have.length(2);
    }
  });

  it("needs no credentials for objects that it does not use", () => {
    const environment = { ...SHARED, SLIPWAY_OBJECTS: "s3+http://127.0.0.1:9000/slipway" };
    expect(problems(environment, "metadata")).to.deep.equal([]);
    expect(problems(environment, "artifact")).to.have.length(2);
  });

  it("needs a service key of 256 bits that is nobody's key", () => {
    const withKey = (key: string | undefined) => problems({ ...SHARED, SLIPWAY_SERVICE_KEY: key })[0];
    expect(withKey(undefined)).to.match(/^SLIPWAY_SERVICE_KEY: is missing/);
    expect(withKey("5e".repeat(31))).to.match(/too short/);
    expect(withKey("Zz".repeat(21))).to.match(/too short/);
    expect(withKey("Zz".repeat(22))).to.equal(undefined);
    expect(withKey(`${"Zz".repeat(22)} x`)).to.match(/no header can carry/);
    expect(withKey(`slw_abcdefgh_${"k".repeat(43)}`)).to.match(/would be mistaken/);
  });

  it("needs the first key where metadata asks for keys", () => {
    const keys = { ...SHARED, SLIPWAY_AUTH: "keys" };
    expect(problems(keys, "metadata")[0]).to.match(/^SLIPWAY_BOOTSTRAP_KEY: is missing/);
    expect(problems({ ...keys, SLIPWAY_BOOTSTRAP_KEY: "slw_1" }, "metadata")).to.deep.equal([]);
    expect(problems(keys, "workflow")).to.deep.equal([]);
  });

  it("sends its credential in plaintext to loopback only, unless that is allowed explicitly", () => {
    const environment = { ...SHARED, SLIPWAY_METADATA_URL: "http://metadata:7001" };
    expect(problems(environment)[0]).to.match(/^SLIPWAY_METADATA_URL: keys would travel in plaintext/);
    expect(problems({ ...environment, SLIPWAY_ALLOW_PLAINTEXT: "yes" })).to.deep.equal([]);
    expect(problems({ ...environment, SLIPWAY_METADATA_URL: "https://metadata:7001" })).to.deep.equal([]);
    expect(problems({ ...environment, SLIPWAY_METADATA_URL: "metadata:7001" })[0]).to.match(/is no address/);
  });
});
