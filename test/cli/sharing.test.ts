import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type CommandResult, SlipwayProcess } from "../support/slipway-process.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));
const SHARED = "tenants/default/models/iris";

describe("slipway models share and unshare", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let owner: string;
  /** Administrator of another tenant. */
  let other: string;

  before(async () => {
    server = await SlipwayProcess.start({ env: { SLIPWAY_AUTH: "keys" } });
    owner = (await readFile(join(server.home, "data", "bootstrap-key"), "utf8")).trim();
    other = (await as(owner, "tenants", "create", "globex")).stdout.trim();
    await as(owner, "push", IRIS, "-m", "iris");
  });
  after(() => server?.remove());

  const as = (key: string, ...words: string[]): Promise<CommandResult> =>
    server.run(words, { cwd: server.home, env: { SLIPWAY_HOME: join(server.home, "user"), SLIPWAY_KEY: key } });
  const json = async (key: string, ...words: string[]) => {
    const { code, stdout, stderr } = await as(key, ...words, "-o", "json");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it("let another tenant pull, show and list under the full name", async () => {
    expect((await as(other, "pull", SHARED)).stderr).to.contain("(TENANT_FORBIDDEN)");
    expect(await as(owner, "models", "share", "iris")).to.include({
      code: 0,
      stdout: `iris is shared. Other tenants pull it as ${SHARED}\n`,
    });
    expect((await as(owner, "models", "show", "iris")).stdout).to.match(/\nshared +with all tenants\n/);
    expect(await json(other, "pull", `${SHARED}@latest`)).to.include({
      model: "iris",
      version: "1.0.0",
      destination: "iris-1.0.0",
      files: 2,
    });
    expect(await json(other, "models", "show", SHARED)).to.include({ name: SHARED, shared: true });
    const shown = await as(other, "versions", "show", `${SHARED}@^1`);
    expect(shown.stdout).to.match(/^version +tenants\/default\/models\/iris@1\.0\.0\n/);
    const [, url = ""] = /\nurl +(\S+)\n/.exec(shown.stdout) ?? [];
    expect((await as(other, "pull", url, "--to", "by-url")).code).to.equal(0);
    expect((await as(other, "versions", "list", SHARED)).stdout).to.contain(`\n${SHARED}@1.0.0 `);
    expect((await as(other, "models", "list", "--shared")).stdout).to.match(
      /^MODEL .*\ntenants\/default\/models\/iris +1\.0\.0 +1 .*\n$/,
    );
    expect(await json(other, "models", "list", "--shared"))
      .to.have.nested.property("models[0].name")
      .that.equals(SHARED);
    expect((await as(owner, "models", "list", "--shared")).stdout).to.not.contain("iris");
    expect((await as(other, "pull", "iris")).stderr).to.contain("(MODEL_NOT_FOUND)");
  });

  it("leave everything else closed, also for names that a command once read as one's own", async () => {
    for (const words of [
      ["versions", "withdraw", `${SHARED}@1.0.0`, "--reason", "x"],
      ["aliases", "set", "champion", `${SHARED}@1.0.0`],
      ["models", "unshare", SHARED],
      ["versions", "list", "tenants/default/models/-"],
    ]) {
      const { code, stderr } = await as(other, ...words);
      expect(stderr, words.join(" ")).to.contain("(TENANT_FORBIDDEN)");
      expect(code).to.equal(5);
    }
  });

  it("take it back", async () => {
    expect(await json(owner, "models", "unshare", "iris"))
      .to.have.property("model")
      .that.not.has.property("shared");
    expect((await as(owner, "models", "unshare", "iris")).stdout).to.equal(
      "iris is no longer shared; downloads by other tenants end within 5 seconds.\n",
    );
    expect((await as(other, "models", "list", "--shared")).stdout).to.not.contain("iris");
    const { code, stderr } = await as(other, "versions", "show", `${SHARED}@1.0.0`);
    expect(code).to.equal(5);
    expect(stderr).to.match(
      /^error: tenants\/default\/models\/iris belongs to another tenant, which does not share it\./,
    );
  });
});
