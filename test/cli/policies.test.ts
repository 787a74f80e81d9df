import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));

const POLICY = `
stages:
  - name: development
  - name: live
    exclusive: true
    displaced_to: development
edges:
  - from: development
    to: live
    gates:
      - name: labelled
        expression: "'good' in version.labels"
    approvals:
      count: 2
`;

interface ShownPolicy {
  policy: { name: string; revision: string; updater: string; stages: { name: string }[]; edges: object[] };
}

describe("slipway policy", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let folder: string;
  before(async () => {
    server = await SlipwayProcess.start();
    folder = await mkdtemp(join(tmpdir(), "slipway-cli-"));
    await writeFile(join(folder, "policy.yaml"), POLICY);
    await json("push", IRIS, "-m", "iris");
  });
  after(async () => {
    await server?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const environment = () => ({ cwd: folder, env: { SLIPWAY_HOME: join(folder, "home") } });
  const run = (...words: string[]) => server.run(["policy", ...words], environment());
  const json = <Answer>(...words: string[]) => server.json<Answer>(words, environment());

  it("shows the default as YAML that apply takes again", async () => {
    const { stdout, code } = await run("show", "--model", "iris");
    expect(code).to.equal(0);
    expect(stdout).to.match(/^# the default policy\nstages:\n {2}- name: development\n/);
    await writeFile(join(folder, "default.yaml"), stdout);
    const applied = await run("apply", "default.yaml", "--model", "iris");
    expect(applied.stdout).to.equal("models/iris/stagePolicy applied, revision 1\n");
    const again = (await run("show", "--model", "iris")).stdout;
    expect(again).to.match(/^# models\/iris\/stagePolicy, revision 1, by users\/local at .*\n/);
    const content = (shown: string) => shown.replace(/^#.*\n/, "");
    expect(content(again)).to.equal(content(stdout));
    const removed = await run("delete", "--model", "iris");
    expect(removed.stdout).to.equal("models/iris/stagePolicy is deleted. What holds is the default policy.\n");
  });

  it("applies, shows, tests and deletes in JSON", async () => {
    const applied = await json<ShownPolicy>("policy", "apply", "policy.yaml", "--model", "iris");
    expect(applied.policy).to.include({ name: "models/iris/stagePolicy", revision: "3", updater: "users/local" });
    expect(applied.policy.edges[0]).to.deep.include({ approvals: { count: 2, minimumRole: "ROLE_REVIEWER" } });
    expect(await json("policy", "show", "--model", "iris")).to.deep.equal(applied);
    expect(await json("policy", "test", "policy.yaml", "--model", "iris", "--last", "5")).to.deep.equal({});
    const left = await json<ShownPolicy>("policy", "delete", "--model", "iris");
    expect(left.policy.name).to.equal("stagePolicy");
  });

  it("is the tenant's without --model, and the one that the file names", async () => {
    await writeFile(join(folder, "named.yaml"), `name: models/iris/stagePolicy\n${POLICY}`);
    expect((await run("apply", "named.yaml")).stdout).to.match(/^models\/iris\/stagePolicy applied/);
    expect((await run("apply", "policy.yaml")).stdout).to.equal("stagePolicy applied, revision 1\n");
    expect((await run("delete")).stdout).to.equal("stagePolicy is deleted. What holds is the default policy.\n");
    const gone = await run("delete");
    expect(gone.code).to.equal(4);
    expect(gone.stderr).to.contain("There is no stagePolicy: what holds is the policy above it.");
    await run("delete", "--model", "iris");
  });

  it("says what is wrong with a file", async () => {
    await writeFile(join(folder, "wrong.yaml"), POLICY.replace("'good' in version.labels", "version.score > 1"));
    const refused = await run("apply", "wrong.yaml", "--model", "iris");
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain(
      'policy.edges[0].gates[0].expression: It cannot be judged: a version has no field "score", only number',
    );
    await writeFile(join(folder, "list.yaml"), "stages: 3\n");
    expect((await run("test", "list.yaml")).stderr).to.contain("list.yaml is not a stage policy: ");
    expect((await run("apply", "nothing.yaml")).stderr).to.equal("error: nothing.yaml does not exist\n");
    const last = await run("test", "policy.yaml", "--last", "none");
    expect(last).to.include({ code: 2, stderr: "error: --last none is not a whole number above 0.\n" });
  });

  it("says in a table what would have gone another way", async () => {
    await json("promote", "iris@1.0.0", "testing");
    await writeFile(
      join(folder, "strict.yaml"),
      (await readFile(join(folder, "default.yaml"), "utf8")).replace(
        "to: testing\n",
        "to: testing\n    gates:\n      - name: labelled\n        expression: \"'good' in version.labels\"\n",
      ),
    );
    const { stdout } = await run("test", "strict.yaml");
    const [count, head, row] = stdout.split("\n");
    expect(count).to.equal("1 transition was replayed; 1 would have gone another way.");
    expect(head).to.match(/^VERSION +FROM +TO +WAS +WOULD BE +WHY$/);
    expect(row).to.match(
      /^iris@1\.0\.0 +development +testing +APPLIED +FAILED +The gate "labelled" does not hold: version\.labels is \[\], which is without "good"$/,
    );
    expect((await run("test", "default.yaml")).stdout).to.equal(
      "1 transition was replayed; none would have gone another way.\n",
    );
  });
});
