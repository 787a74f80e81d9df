import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Connection, connect } from "@slipway/client";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { type CommandResult, SlipwayProcess } from "../support/slipway-process.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));
const ASK_AGAIN_MS = 50;
const SECRET = /^slw_[0-9a-z]+_[0-9A-Za-z_-]{43}$/;

interface ListedKey {
  name: string;
  principal: string;
  role: string;
  revokeTime?: string;
}

describe("slipway with keys", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let bootstrapKey: string;
  const connections: Connection[] = [];

  before(async () => {
    server = await SlipwayProcess.start({ env: { SLIPWAY_AUTH: "keys" } });
    bootstrapKey = (await readFile(join(server.home, "data", "bootstrap-key"), "utf8")).trim();
    for (const name of ["viewer", "contributor"]) await as(bootstrapKey, "principals", "create", `users/${name}`);
  });
  after(async () => {
    for (const connection of connections) connection.close();
    await server?.remove();
  });

  const as = (key: string | undefined, ...words: string[]): Promise<CommandResult> =>
    server.run(words, {
      env: { SLIPWAY_HOME: join(server.home, "user"), ...(key !== undefined && { SLIPWAY_KEY: key }) },
    });

  async function json<Answer>(key: string, ...words: string[]): Promise<Answer> {
    const { code, stdout, stderr } = await as(key, ...words, "-o", "json");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    return JSON.parse(stdout) as Answer;
  }

  /** A key of the default tenant. */
  async function keyFor(principal: string, role: string, ...flags: string[]): Promise<string> {
    const { code, stdout, stderr } = await as(bootstrapKey, "keys", "create", principal, "--role", role, ...flags);
    expect({ code, stderr }).to.deep.equal({
      code: 0,
      stderr: "This is the only time it is shown. Use it as SLIPWAY_KEY.\n",
    });
    expect(stdout.trimEnd()).to.match(SECRET);
    return stdout.trimEnd();
  }

  /** Calls with the key until it is refused; the test's time limit bounds it. */
  async function refusalOf(key: string): Promise<RpcError> {
    const connection = connectAs(key);
    for (;;) {
      try {
        await connection.access.whoAmI({});
      } catch (error) {
        if (error instanceof RpcError) return error;
        throw error;
      }
      await pause(ASK_AGAIN_MS);
    }
  }

  it("asks for a key, and says what is wrong with one", async () => {
    const cases: [key: string | undefined, message: RegExp][] = [
      [undefined, /^error: The call carries no key\. Set SLIPWAY_KEY.*\n {2}\(KEY_MISSING\)\n$/],
      [
        "slw_tooshort",
        /^error: The key is incomplete or has another form than slw_<id>_<secret>\. .*\n {2}\(KEY_MALFORMED\)\n$/,
      ],
      [
        `slw_${"0".repeat(32)}_${"A".repeat(43)}`,
        /^error: The server does not know this key\. .*\n {2}\(KEY_UNKNOWN\)\n$/,
      ],
      [`${bootstrapKey.slice(0, -1)}${bootstrapKey.endsWith("A") ? "E" : "A"}`, /\(KEY_UNKNOWN\)\n$/],
    ];
    for (const [key, message] of cases) {
      const { code, stdout, stderr } = await as(key, "models", "list");
      expect({ code, stdout }).to.deep.equal({ code: 5, stdout: "" });
      expect(stderr).to.match(message);
      if (key !== undefined) expect(stderr).not.to.contain(key.slice(-20));
    }
  });

  it("tells who a key is", async () => {
    const { stdout } = await as(bootstrapKey, "whoami");
    expect(stdout).to.match(
      /^server {5}http:\S+ \(Slipway 0\.1\.0\)\ntenant {5}default\nprincipal {2}users\/admin\nrole {7}admin, platform administrator\nkey {8}keys\/[0-9a-z]+\n$/,
    );
    const viewer = await keyFor("users/viewer", "viewer");
    const me = await json<object>(viewer, "whoami");
    expect(me).to.include({ tenant: "tenants/default", principal: "users/viewer", role: "viewer", open: false });
    expect(Object.keys(me)).to.deep.equal([
      "url",
      "tenant",
      "principal",
      "role",
      "platformAdministrator",
      "key",
      "open",
      "serverVersion",
    ]);
    expect((await as(viewer, "doctor")).stdout).to.match(/\nok {2}access: users\/viewer in tenants\/default\n$/);
    const without = await as(undefined, "doctor");
    expect(without.code).to.equal(1);
    expect(without.stdout).to.match(/\nok {2}server: .* answers\nbad access: The call carries no key\..*\n$/);
  });

  it("lets a role do what it may, and says which role it takes", async () => {
    const viewer = await keyFor("users/viewer", "viewer");
    const contributor = await keyFor("users/contributor", "contributor");
    const refused = await as(viewer, "push", IRIS, "-m", "roles");
    expect({ code: refused.code, stdout: refused.stdout }).to.deep.equal({ code: 5, stdout: "" });
    expect(refused.stderr).to.match(
      /^error: CreateVersion needs the role contributor; users\/viewer has the role viewer\. Ask an administrator .*\n {2}\(ROLE_REQUIRED\)\n$/,
    );
    expect(await json(contributor, "push", IRIS, "-m", "roles")).to.include({ state: "PUBLISHED" });
    expect(await json(viewer, "pull", "roles", "--to", join(server.home, "pulled"))).to.include({ files: 2 });
    for (const words of [
      ["keys", "list"],
      ["principals", "create", "users/eve"],
    ]) {
      const { code, stderr } = await as(contributor, ...words);
      expect(code, words.join(" ")).to.equal(5);
      expect(stderr, words.join(" ")).to.contain("needs the role admin");
    }
    const { code, stderr } = await as(contributor, "tenants", "list");
    expect(code).to.equal(5);
    expect(stderr).to.contain("(PLATFORM_ADMINISTRATOR_REQUIRED)");
  });

  it("refuses a revoked key within seconds", async () => {
    const expires = ["--expires", "2099-01-01T00:00:00Z"];
    const key = await keyFor("users/viewer", "viewer", "--description", "for the test", ...expires);
    const { key: name } = await json<{ key: string }>(key, "whoami");
    const { stdout } = await as(bootstrapKey, "keys", "revoke", name.replace("keys/", ""));
    expect(stdout).to.equal(`${name} is revoked; it stops working everywhere within 5 seconds.\n`);
    expect((await refusalOf(key)).reason).to.equal("KEY_REVOKED");
    const { keys } = await json<{ keys: ListedKey[] }>(bootstrapKey, "keys", "list");
    const revoked = keys.find((listed) => listed.name === name);
    expect(revoked).to.include({ principal: "users/viewer", role: "ROLE_VIEWER", description: "for the test" });
    expect(revoked?.revokeTime).to.be.a("string");
    const listed = await as(bootstrapKey, "keys", "list");
    const line = listed.stdout.split("\n").find((row) => row.startsWith(name.replace("keys/", "")));
    expect(line).to.match(/ users\/viewer +viewer +\S+ \S+Z +2099-01-01 00:00:00Z +\S+ \S+Z$/);
    expect(listed.stdout).not.to.contain(key);
  }).timeout(20_000);

  it("refuses a key that has expired", async () => {
    const expireTime = timestampFromMs(Date.now() + 1500);
    const request = { principal: "users/viewer", role: Role.VIEWER, expireTime };
    const { secret: key } = await connectAs(bootstrapKey).access.createKey(request);
    const refusal = await refusalOf(key);
    expect(refusal.reason).to.equal("KEY_EXPIRED");
    const { code, stderr } = await as(key, "whoami");
    expect(code).to.equal(5);
    expect(stderr).to.match(/^error: The key expired at 2\S+Z?\. Ask an administrator for a new key\.\n/);
    const past = await as(
      bootstrapKey,
      "keys",
      "create",
      "users/viewer",
      "--role",
      "viewer",
      "--expires",
      "2020-01-01",
    );
    expect(past.code).to.equal(1);
    expect(past.stderr).to.contain("expire_time: lies in the past; give a time in the future or none");
  }).timeout(20_000);

  it("refuses all keys of a disabled principal within seconds", async () => {
    const created = await as(bootstrapKey, "principals", "create", "serviceAccounts/robot", "--owner", "users/viewer");
    expect(created.stdout).to.equal(
      "serviceAccounts/robot is made. Give it a key: slipway keys create serviceAccounts/robot --role contributor\n",
    );
    const key = await keyFor("serviceAccounts/robot", "contributor");
    const { stdout } = await as(bootstrapKey, "principals", "disable", "serviceAccounts/robot");
    expect(stdout).to.equal("serviceAccounts/robot is disabled; its keys stop working everywhere within 5 seconds.\n");
    expect((await refusalOf(key)).reason).to.equal("PRINCIPAL_DISABLED");
    const listed = await as(bootstrapKey, "principals", "list");
    expect(listed.stdout).to.match(/\nserviceAccounts\/robot +users\/viewer +disabled +\S+ \S+Z\n/);
    const { principals } = await json<{ principals: object[] }>(bootstrapKey, "principals", "list");
    expect(principals.find((item) => "disabled" in item)).to.include({ name: "serviceAccounts/robot", disabled: true });
  }).timeout(20_000);

  it("gives a new tenant an administrator of its own, who sees nothing of others", async () => {
    await connectAs(bootstrapKey).models.createModel({ model: { name: "models/ours" } });
    const { code, stdout, stderr } = await as(bootstrapKey, "tenants", "create", "acme", "--display-name", "Acme 公司");
    expect({ code, stderr }).to.deep.equal({
      code: 0,
      stderr: "This is the key of users/admin in acme, shown only now.\n",
    });
    const key = stdout.trimEnd();
    expect(key).to.match(SECRET);
    expect(await json(key, "models", "list")).to.deep.equal({ models: [], more: false });
    expect(await json(key, "whoami")).to.include({
      tenant: "tenants/acme",
      role: "admin",
      platformAdministrator: false,
    });
    const other = await as(key, "models", "show", "ours");
    expect({ code: other.code, found: other.stderr.includes("(MODEL_NOT_FOUND)") }).to.deep.equal({
      code: 4,
      found: true,
    });
    const made = await json<object>(bootstrapKey, "tenants", "create", "beta");
    expect(Object.keys(made)).to.deep.equal(["tenant", "administratorKey", "secret"]);
    const again = await as(bootstrapKey, "tenants", "create", "acme");
    expect(again.code).to.equal(1);
    expect(again.stderr).to.match(/^error: tenants\/acme exists already\. .*\n {2}\(TENANT_EXISTS\)\n$/);
    expect((await as(bootstrapKey, "tenants", "list")).stdout).to.match(/\nacme +Acme 公司 +\S+ \S+Z\n/);
  });

  function connectAs(key: string): Connection {
    const connection = connect({ url: server.url, key });
    connections.push(connection);
    return connection;
  }
});
