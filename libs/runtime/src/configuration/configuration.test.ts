import { resolve } from "node:path";
import { expect } from "chai";
import { readClientConfiguration } from "./client-configuration.ts";
import { ConfigurationError, type Environment } from "./environment-reader.ts";
import { readServerConfiguration } from "./server-configuration.ts";

function problems(environment: Environment): readonly string[] {
  try {
    readServerConfiguration(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe("the server's configuration", () => {
  it("needs nothing", () => {
    const home = resolve(".slipway");
    expect(readServerConfiguration({})).to.deep.equal({
      home,
      dataFolder: `${home}/data`,
      documents: { engine: "sqlite", folder: `${home}/data` },
      objects: { engine: "file", folder: `${home}/data/objects` },
      events: { engine: "embedded" },
      auth: "open",
      listen: { host: "127.0.0.1", port: 7000 },
      publicUrl: "http://127.0.0.1:7080",
      workers: 16,
      allowPrivateHttp: false,
      logLevel: "info",
    });
  });

  it("takes every setting from the environment", () => {
    const configuration = readServerConfiguration({
      SLIPWAY_HOME: "/srv/slipway",
      SLIPWAY_DOCUMENTS: "sqlite:/fast/documents",
      SLIPWAY_OBJECTS: "file:/big/objects",
      SLIPWAY_EVENTS: "embedded:",
      SLIPWAY_AUTH: "keys",
      SLIPWAY_LISTEN: "[::]:443",
      SLIPWAY_TLS_CERTIFICATE: "/etc/tls/certificate.pem",
      SLIPWAY_TLS_KEY: "/etc/tls/key.pem",
      SLIPWAY_TLS_AUTHORITIES: "/etc/tls/authorities.pem",
      SLIPWAY_BOOTSTRAP_KEY: "slw_first",
      SLIPWAY_PUBLIC_URL: "https://models.example.org/registry/",
      SLIPWAY_WORKERS: "0",
      SLIPWAY_ALLOW_PRIVATE_HTTP: "yes",
      SLIPWAY_LOG: "debug",
    });
    expect(configuration).to.deep.equal({
      home: "/srv/slipway",
      dataFolder: "/srv/slipway/data",
      documents: { engine: "sqlite", folder: "/fast/documents" },
      objects: { engine: "file", folder: "/big/objects" },
      events: { engine: "embedded" },
      auth: "keys",
      listen: { host: "[::]", port: 443 },
      tls: {
        certificate: "/etc/tls/certificate.pem",
        key: "/etc/tls/key.pem",
        authorities: "/etc/tls/authorities.pem",
      },
      bootstrapKey: "slw_first",
      publicUrl: "https://models.example.org/registry",
      workers: 0,
      allowPrivateHttp: true,
      logLevel: "debug",
    });
  });

  it("names every mistake at once", () => {
    const found = problems({
      SLIPWAY_DOCUMENTS: "postgres://x",
      SLIPWAY_OBJECTS: "file:",
      SLIPWAY_EVENTS: "kafka:",
      SLIPWAY_AUTH: "maybe",
      SLIPWAY_LISTEN: "7000",
      SLIPWAY_LOG: "loud",
      SLIPWAY_PUBLIC_URL: "models",
      SLIPWAY_WORKERS: "-1",
      SLIPWAY_ALLOW_PRIVATE_HTTP: "maybe",
      SLIPWAY_TLS_KEY: "/key.pem",
    });
    const names = [
      "DOCUMENTS",
      "OBJECTS",
      "EVENTS",
      "AUTH",
      "LISTEN",
      "LOG",
      "TLS_CERTIFICATE",
      "PUBLIC_URL",
      "WORKERS",
      "ALLOW_PRIVATE_HTTP",
    ];
    expect(found.map((problem) => problem.split(":")[0])).to.have.members(names.map((name) => `SLIPWAY_${name}`));
  });

  it("says of engines to come that they are not supported yet", () => {
    const found = problems({
      SLIPWAY_DOCUMENTS: "mongodb://localhost/slipway",
      SLIPWAY_OBJECTS: "s3+https://s3.example.org/bucket",
      SLIPWAY_EVENTS: "nats://localhost",
    });
    expect(found).to.deep.equal([
      "SLIPWAY_DOCUMENTS: MongoDB is not supported yet. Use sqlite:FOLDER.",
      "SLIPWAY_OBJECTS: S3 is not supported yet. Use file:FOLDER.",
      "SLIPWAY_EVENTS: NATS is not supported yet. Use embedded:.",
    ]);
  });

  it("keeps open mode on loopback", () => {
    expect(problems({ SLIPWAY_LISTEN: "0.0.0.0:7000" })[0]).to.match(/^SLIPWAY_AUTH: open mode is for loopback only/);
    for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
      expect(problems({ SLIPWAY_LISTEN: `${host}:0` })).to.deep.equal([]);
    }
  });

  it("refuses keys in plaintext off loopback unless that is allowed explicitly", () => {
    const environment = { SLIPWAY_LISTEN: "0.0.0.0:7000", SLIPWAY_AUTH: "keys" };
    expect(problems(environment)[0]).to.match(/^SLIPWAY_LISTEN: keys would travel in plaintext/);
    expect(problems({ ...environment, SLIPWAY_ALLOW_PLAINTEXT: "yes" })).to.deep.equal([]);
  });
});

describe("the client's configuration", () => {
  it("needs nothing", () => {
    expect(readClientConfiguration({}, "/home/ada")).to.deep.equal({
      url: "http://127.0.0.1:7000",
      stateFolder: "/home/ada/.local/state/slipway",
    });
  });

  it("takes every setting from the environment", () => {
    const environment = { SLIPWAY_URL: "https://slipway.example.org/", SLIPWAY_KEY: "slw_1", SLIPWAY_HOME: "/h" };
    expect(readClientConfiguration(environment, "/home/ada")).to.deep.equal({
      url: "https://slipway.example.org",
      key: "slw_1",
      stateFolder: "/h/client",
    });
  });

  it("sends a key in plaintext to loopback only, unless that is allowed explicitly", () => {
    const environment = { SLIPWAY_URL: "http://slipway.example.org", SLIPWAY_KEY: "slw_1" };
    expect(() => readClientConfiguration(environment, "/h")).to.throw(ConfigurationError, "in plaintext");
    readClientConfiguration({ ...environment, SLIPWAY_ALLOW_PLAINTEXT: "yes" }, "/h");
    readClientConfiguration({ ...environment, SLIPWAY_KEY: "" }, "/h");
    for (const host of ["localhost", "127.0.0.1:7000", "[::1]:7000"]) {
      readClientConfiguration({ ...environment, SLIPWAY_URL: `http://${host}` }, "/h");
    }
  });

  it("refuses what is no address of a server", () => {
    for (const url of ["localhost:7000", "ftp://x", "http://x/models", "http://user@x"]) {
      expect(() => readClientConfiguration({ SLIPWAY_URL: url }, "/home/ada")).to.throw(
        ConfigurationError,
        "SLIPWAY_URL",
      );
    }
  });
});
