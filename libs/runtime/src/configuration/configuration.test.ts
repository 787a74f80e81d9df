import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { readClientConfiguration } from "./client-configuration.ts";
import { ConfigurationError, type Environment } from "./environment-reader.ts";
import { readServerConfiguration } from "./server-configuration.ts";

const S3_KEYS = { SLIPWAY_S3_ACCESS_KEY: "access", SLIPWAY_S3_SECRET_KEY: "secret" };

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
      tlsClients: "required",
      publicUrl: "http://127.0.0.1:7080",
      endpoints: {},
      workers: 16,
      collectMinutes: 10,
      allowPrivateHttp: false,
      logLevel: "info",
    });
  });

  it("takes every setting from the environment", () => {
    const configuration = readServerConfiguration({
      SLIPWAY_HOME: "/srv/slipway",
      SLIPWAY_DOCUMENTS: "mongodb://u:p@m1:27017,m2/models?replicaSet=rs0",
      SLIPWAY_OBJECTS: "s3+http://127.0.0.1:9000/models?region=eu-west-1",
      SLIPWAY_S3_ACCESS_KEY: "access",
      SLIPWAY_S3_SECRET_KEY: "secret",
      SLIPWAY_EVENTS: "tls://u:p@bus:4222",
      SLIPWAY_AUTH: "keys",
      SLIPWAY_LISTEN: "[::]:443",
      SLIPWAY_HEALTH_LISTEN: "0.0.0.0:9464",
      SLIPWAY_TLS_CERTIFICATE: "/etc/tls/certificate.pem",
      SLIPWAY_TLS_KEY: "/etc/tls/key.pem",
      SLIPWAY_TLS_AUTHORITIES: "/etc/tls/authorities.pem",
      SLIPWAY_TLS_CLIENTS: "none",
      SLIPWAY_BOOTSTRAP_KEY: "slw_first",
      SLIPWAY_ENDPOINT_ARTIFACT: "https://artifact.example.org/",
      SLIPWAY_PUBLIC_URL: "https://models.example.org/registry/",
      SLIPWAY_WORKERS: "0",
      SLIPWAY_COLLECT_MINUTES: "1440",
      SLIPWAY_ALLOW_PRIVATE_HTTP: "yes",
      SLIPWAY_LOG: "debug",
    });
    expect(configuration).to.deep.equal({
      home: "/srv/slipway",
      dataFolder: "/srv/slipway/data",
      documents: { engine: "mongodb", url: "mongodb://u:p@m1:27017,m2/?replicaSet=rs0", prefix: "models" },
      objects: { engine: "s3", endpoint: "http://127.0.0.1:9000", region: "eu-west-1", bucketPrefix: "models" },
      s3Credentials: { accessKey: "access", secretKey: "secret" },
      events: { engine: "nats", url: "tls://u:p@bus:4222" },
      auth: "keys",
      listen: { host: "[::]", port: 443 },
      healthListen: { host: "0.0.0.0", port: 9464 },
      tls: {
        certificate: "/etc/tls/certificate.pem",
        key: "/etc/tls/key.pem",
        authorities: "/etc/tls/authorities.pem",
      },
      tlsClients: "none",
      bootstrapKey: "slw_first",
      endpoints: { artifact: "https://artifact.example.org" },
      publicUrl: "https://models.example.org/registry",
      workers: 0,
      collectMinutes: 1440,
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
      SLIPWAY_COLLECT_MINUTES: "1441",
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
      "COLLECT_MINUTES",
      "ALLOW_PRIVATE_HTTP",
    ];
    expect(found.map((problem) => problem.split(":")[0])).to.have.members(names.map((name) => `SLIPWAY_${name}`));
  });

  it("names databases and buckets after a prefix, slipway by default", () => {
    const { documents, objects } = readServerConfiguration({
      SLIPWAY_DOCUMENTS: "mongodb+srv://cluster.example.org",
      SLIPWAY_OBJECTS: "s3+https://s3.example.org",
      ...S3_KEYS,
    });
    expect(documents).to.deep.equal({
      engine: "mongodb",
      url: "mongodb+srv://cluster.example.org",
      prefix: "slipway",
    });
    expect(objects).to.deep.include({ region: "us-east-1", bucketPrefix: "slipway" });
  });

  it("refuses URLs of engines that cannot be meant, without repeating a password", () => {
    const wrong: [variable: string, text: string][] = [
      ["SLIPWAY_DOCUMENTS", "mongodb://"],
      ["SLIPWAY_DOCUMENTS", "mongodb://u:hunter2@h/Models"],
      ["SLIPWAY_DOCUMENTS", `mongodb://h/${"p".repeat(55)}`],
      ["SLIPWAY_OBJECTS", "s3+ftp://h/b"],
      ["SLIPWAY_OBJECTS", "s3+https://u:hunter2@h/b"],
      ["SLIPWAY_OBJECTS", "s3+https://h/B"],
      ["SLIPWAY_OBJECTS", `s3+https://h/${"b".repeat(27)}`],
      ["SLIPWAY_OBJECTS", "s3+https://h/b?tls=no"],
      ["SLIPWAY_EVENTS", "nats://u:hunter2@h:4222/x"],
      ["SLIPWAY_EVENTS", "nats:"],
    ];
    for (const [variable, text] of wrong) {
      const found = problems({ ...S3_KEYS, [variable]: text });
      expect(found.length, text).to.equal(1);
      expect(found[0])
        .to.match(new RegExp(`^${variable}: `))
        .and.not.contain("hunter2");
    }
  });

  it("needs both credentials of S3", () => {
    expect(problems({ SLIPWAY_OBJECTS: "s3+https://h/b" })).to.deep.equal([
      "SLIPWAY_S3_ACCESS_KEY: is missing beside SLIPWAY_OBJECTS=s3+….",
      "SLIPWAY_S3_SECRET_KEY: is missing beside SLIPWAY_OBJECTS=s3+….",
    ]);
  });

  it("reads secrets from files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "slipway-secrets-"));
    const file = join(folder, "key");
    await writeFile(file, "slw_first\n");
    expect(readServerConfiguration({ SLIPWAY_BOOTSTRAP_KEY_FILE: file }).bootstrapKey).to.equal("slw_first");
    expect(problems({ SLIPWAY_BOOTSTRAP_KEY_FILE: file, SLIPWAY_BOOTSTRAP_KEY: "x" })[0]).to.match(/Set one of them/);
    await writeFile(file, "\n");
    expect(problems({ SLIPWAY_BOOTSTRAP_KEY_FILE: file })[0]).to.match(/^SLIPWAY_BOOTSTRAP_KEY_FILE: .* is empty/);
    await writeFile(file, "mongodb://u:p@m/models");
    const url = { engine: "mongodb", url: "mongodb://u:p@m", prefix: "models" };
    expect(readServerConfiguration({ SLIPWAY_DOCUMENTS_FILE: file }).documents).to.deep.equal(url);
    expect(problems({ SLIPWAY_EVENTS_FILE: file })[0])
      .to.match(/^SLIPWAY_EVENTS: /)
      .and.not.contain("u:p");
    await writeFile(file, "nats://u:p@bus\n");
    expect(readServerConfiguration({ SLIPWAY_EVENTS_FILE: file }).events).to.have.property("url", "nats://u:p@bus");
    await rm(folder, { recursive: true });
    expect(problems({ SLIPWAY_DOCUMENTS_FILE: file })).to.have.length(1);
    expect(problems({ SLIPWAY_BOOTSTRAP_KEY_FILE: file })[0]).to.match(/cannot be read \(ENOENT\)/);
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
      tls: {},
      allowPlaintext: false,
    });
  });

  it("takes every setting from the environment", () => {
    const environment = { SLIPWAY_URL: "https://slipway.example.org/", SLIPWAY_KEY: "slw_1", SLIPWAY_HOME: "/h" };
    expect(readClientConfiguration(environment, "/home/ada")).to.deep.equal({
      url: "https://slipway.example.org",
      key: "slw_1",
      stateFolder: "/h/client",
      tls: {},
      allowPlaintext: false,
    });
  });

  it("brings a certificate together with its key", () => {
    const pair = { SLIPWAY_TLS_CERTIFICATE: "/c.pem", SLIPWAY_TLS_KEY: "/k.pem", SLIPWAY_TLS_AUTHORITIES: "/a.pem" };
    const { tls } = readClientConfiguration(pair, "/h");
    expect(tls).to.deep.equal({ certificate: "/c.pem", key: "/k.pem", authorities: "/a.pem" });
    expect(() => readClientConfiguration({ SLIPWAY_TLS_KEY: "/k.pem" }, "/h")).to.throw("SLIPWAY_TLS_CERTIFICATE");
    expect(() => readClientConfiguration({ SLIPWAY_TLS_CERTIFICATE: "/c.pem" }, "/h")).to.throw("SLIPWAY_TLS_KEY");
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
