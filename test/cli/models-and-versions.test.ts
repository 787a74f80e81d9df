import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Connection, connect } from "@slipway/client";
import { expect } from "chai";
import { type CommandResult, SlipwayProcess } from "../support/slipway-process.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const IRIS_DIGEST = "579b535623f2521e80120098227abd01060ef0d2f91c0976b190ae726ec03f1e";
/** Reads as a command that is run where it is loaded. */
const EVIL_PICKLE = 'cposix\nsystem\n(S"echo pwned"\ntR.';
// biome-ignore lint/suspicious/noControlCharactersInRegex: looks for colours and other sequences.
const ESCAPES = /\x1b/;

describe("slipway push, pull, models and versions", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let connection: Connection;
  let folder: string;
  /** How iris 1.0.0 and 2.0.0 came to be. */
  let first: CommandResult;
  let second: CommandResult;

  before(async () => {
    server = await SlipwayProcess.start();
    connection = connect({ url: server.url });
    folder = await mkdtemp(join(tmpdir(), "slipway-cli-"));
    await cp(join(examples, "iris"), join(folder, "iris"), { recursive: true });
    await mkdir(join(folder, "evil"));
    await writeFile(join(folder, "evil", "model.pkl"), EVIL_PICKLE);
    first = await run("push", "iris", "-m", "iris", "-t", "env=prod", "-l", "tabular", "-o", "json");
    second = await run("push", join(examples, "iris-float64"), "-m", "iris");
  });
  after(async () => {
    connection?.close();
    await server?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const run = (...words: string[]) => server.run(words, { cwd: folder, env: { SLIPWAY_HOME: join(folder, "home") } });
  const json = <Answer>(...words: string[]) =>
    server.json<Answer>(words, { cwd: folder, env: { SLIPWAY_HOME: join(folder, "home") } });

  it("aliases name a version until they are moved or deleted", async () => {
    expect((await run("aliases", "set", "champion", "iris@^1")).stdout).to.equal("iris@champion is 1.0.0.\n");
    expect((await run("aliases", "set", "champion", "iris@2.0.0")).stdout).to.equal("iris@champion is 2.0.0.\n");
    expect((await json<{ number: string }>("versions", "show", "iris@champion")).number).to.equal("2.0.0");
    expect((await json<{ model: object }>("aliases", "delete", "iris@champion")).model).to.not.have.property("aliases");
    const gone = await run("aliases", "delete", "iris@champion");
    expect(gone).to.include({ code: 4, stdout: "" });
    expect(gone.stderr).to.include("ALIAS_NOT_FOUND");
    expect(await run("aliases", "delete", "iris")).to.include({ code: 2, stdout: "" });
    const refused = await run("aliases", "set", "latest", "iris@1.0.0");
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include("ALIAS_INVALID");
  });

  it("push answers a script with names that stay", () => {
    const { code, stdout, stderr } = first;
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).to.deep.equal({
      model: "iris",
      version: "1.0.0",
      state: "PUBLISHED",
      artifact: IRIS_DIGEST,
      url: "http://127.0.0.1:7080/models/iris/versions/1.0.0",
      uploadedBytes: 7692,
      storedBytes: 7692,
      reusedBytes: 0,
      unchanged: false,
      findings: [],
    });
  });

  it("push says in plain lines off a terminal what it did, and why the number is what it is", () => {
    const { code, stdout, stderr } = second;
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout)
      .to.match(/^iris 2\.0\.0 PUBLISHED\n/)
      .and.to.contain("number    AUTO gave MAJOR: the signature differs from that of 1.0.0 in 1 place.\n")
      .and.to.contain("changes   inputs.X type changed from float32 to float64\n")
      .and.to.match(/\nsent {6}[\d.]+ K?i?B, .*new(, .* there already)?\n$/)
      .and.not.to.match(ESCAPES);
  });

  it("versions diff shows what the second changes for those who use the first", async () => {
    const { code, stdout, stderr } = await run("versions", "diff", "iris@^1", "iris@latest");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout)
      .to.match(/^ +iris@1\.0\.0 +iris@2\.0\.0\nstate +PUBLISHED +PUBLISHED\n/)
      .and.to.contain(
        "\nsignature  The signatures differ in 1 place. The second needs a MAJOR number after the first.\n",
      )
      .and.to.contain("\n  ~ inputs.X  type changed from float32 to float64 (MAJOR)\n")
      .and.to.match(/\nfiles {2}2 changed\n {2}~ README\.md {2}.*\n {2}~ model\.onnx {2}.*\n/)
      .and.to.match(/\nKEY +iris@1\.0\.0 +iris@2\.0\.0\nenv +prod +-\n\nlabels\n {2}- tabular\n$/)
      .and.not.to.match(ESCAPES);
    const { files } = await json<{ files: object }>("versions", "diff", "iris@1.0.0", "iris@1.0.0");
    expect(files).to.deep.include({ unchangedCount: 2 });
    const missing = await run("versions", "diff", "iris@1.0.0", "iris@9.0.0");
    expect(missing).to.include({ code: 4, stdout: "" });
    expect(missing.stderr).to.contain("VERSION_NOT_FOUND");
  });

  it("push of what is the newest version already makes none", async () => {
    const float64 = join(examples, "iris-float64");
    const { code, stdout, stderr } = await run("push", float64, "-m", "iris");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout).to.match(
      /^iris 2\.0\.0 is unchanged: PUBLISHED\nartifact {2}[0-9a-f]{64}\nurl {7}.*\nsent {6}nothing, all 7\.5 KiB were there already\n$/,
    );
    expect(await json("push", float64, "-m", "iris")).to.include({ unchanged: true, uploadedBytes: 0, storedBytes: 0 });
  });

  it("push of a file with --number, --description, --author and --bump makes the versions that were asked for", async () => {
    const file = join("iris", "model.onnx");
    const words = ["push", file, "-m", "single", "--description", "Two\nlines", "--author", "Ada"];
    expect(await json(...words, "--number", "3.1.0")).to.include({ version: "3.1.0", unchanged: false });
    expect(await json(...words, "--bump", "minor", "--force")).to.include({ version: "3.2.0", unchanged: false });
    expect(await json(...words, "--base", "3.1.0", "--bump", "patch", "--force")).to.include({ version: "3.1.1" });
    const { stdout } = await run("versions", "show", "single@3.1.0");
    expect(stdout).to.contain("author       Ada\n").and.to.contain("description  Two\n             lines\n");
    const { code, stderr } = await run("push", file, "-m", "single", "--number", "3.1.0", "--force");
    expect(code).to.equal(1);
    expect(stderr).to.contain("The number 3.1.0 is taken").and.to.contain("(VERSION_NUMBER_TAKEN)");
    expect(await json(...words, "--number", "4.0.0")).to.include({ version: "4.0.0", unchanged: false });
    expect(await json(...words, "--number", "4.0.0")).to.include({ version: "4.0.0", unchanged: true });
    expect((await run(...words, "--number", "4.0")).stderr).to.contain("(VERSION_NUMBER_INVALID)");
  });

  it("push of what is dangerous ends with 3, and says which file, why, and what to do", async () => {
    const { code, stdout, stderr } = await run("push", "evil", "-m", "evil");
    expect({ code, stderr }).to.deep.equal({ code: 3, stderr: "" });
    expect(stdout).to.match(/^evil 1\.0\.0 REJECTED\n/);
    expect(stdout).to.match(
      /\nNobody can use this version\. Correct what was found, and push again:\n {2}dangerous model\.pkl: .*posix\.system.*Save the model as safetensors or ONNX.* \(pickle\.import\.denied\)\n$/,
    );
    const told = await run("push", "evil", "-m", "evil");
    expect(told.code).to.equal(3);
    expect(told.stdout).to.match(
      /^evil 1\.0\.0 is unchanged: REJECTED\n.*\nThis content was rejected already as version 1\.0\.0; --force makes another of it\. Correct what was found, and push again:\n {2}dangerous model\.pkl: /s,
    );
    const again = await run("push", "evil", "-m", "evil", "-o", "json");
    expect(again.code).to.equal(3);
    const { version, state, unchanged, findings } = JSON.parse(again.stdout);
    expect({ version, state, unchanged }).to.deep.equal({ version: "1.0.0", state: "REJECTED", unchanged: true });
    const forced = await run("push", "evil", "-m", "evil", "--force", "-o", "json");
    expect(forced.code).to.equal(3);
    expect(JSON.parse(forced.stdout)).to.include({ version: "1.0.1", unchanged: false });
    expect(findings[0]).to.include({ rule: "pickle.import.denied", path: "model.pkl", severity: "DANGEROUS" });
    expect(Object.keys(findings[0])).to.deep.equal(["rule", "path", "message", "severity"]);
    const shown = await run("versions", "show", "evil@1.0.0");
    expect(shown.stdout).to.contain("state     REJECTED\n").and.to.contain("dangerous model.pkl: ");
    const pulled = await run("pull", "evil@1.0.0");
    expect(pulled.code).to.equal(5);
    expect(pulled.stderr).to.contain("quarantined");
    expect(await readdir(folder)).not.to.contain("evil-1.0.0");
    expect(await json("pull", "evil@1.0.0", "--allow-dangerous")).to.include({ files: 1, destination: "evil-1.0.0" });
  });

  it("push to a deleted model is refused before anything is read or sent", async () => {
    await run("push", "iris", "-m", "removed");
    await run("models", "delete", "removed");
    const home = join(folder, "home of another");
    const { code, stdout, stderr } = await server.run(["push", "iris-float64", "-m", "removed"], {
      cwd: examples,
      env: { SLIPWAY_HOME: home },
    });
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
    expect(stderr).to.equal(
      "error: models/removed is deleted. Undelete it first (`slipway models delete --undelete`), or use another name.\n  (MODEL_DELETED)\n",
    );
    // An upload that has begun is remembered there.
    expect(await readdir(folder)).not.to.include("home of another");
    await run("models", "delete", "removed", "--undelete");
    expect((await run("push", "iris", "-m", "removed")).stdout).to.contain("is unchanged: PUBLISHED");
  });

  it("push leaves no model behind when there is nothing to push", async () => {
    await mkdir(join(folder, "empty"));
    for (const path of ["empty", "missing"]) {
      const { code, stderr } = await run("push", path, "-m", "never");
      expect(code).to.equal(1);
      expect(stderr).to.match(/^error: "(empty|missing)" (has no files|does not exist)/);
    }
    expect((await run("models", "show", "never")).code).to.equal(4);
  });

  it("pull answers a script with names that stay, and keeps what is there", async () => {
    expect(await json("pull", "iris@1.0.0", "--to", "kept/iris")).to.deep.equal({
      model: "iris",
      version: "1.0.0",
      state: "PUBLISHED",
      artifact: IRIS_DIGEST,
      destination: "kept/iris",
      files: 2,
      downloadedBytes: 7692,
      reusedBytes: 0,
    });
    const [pulled, pushed] = await Promise.all(
      ["kept/iris/model.onnx", "iris/model.onnx"].map((path) => readFile(join(folder, path))),
    );
    expect(pulled).to.deep.equal(pushed);
    await rm(join(folder, "kept/iris/README.md"));
    const { code, stdout, stderr } = await run("pull", "iris@^1", "--to", "kept/iris");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout).to.match(
      /^iris 1\.0\.0 is in kept\/iris: 2 files verified, \d+ B received, \d\.\d KiB there already\n$/,
    );
  });

  it("pull does not overwrite other content unless told to", async () => {
    const readme = join(folder, "mine/iris/README.md");
    await mkdir(join(folder, "mine/iris"), { recursive: true });
    await writeFile(readme, "mine");
    const { code, stderr } = await run("pull", "iris@1.0.0", "--to", "mine/iris");
    expect(code).to.equal(1);
    expect(stderr).to.match(/^error: mine\/iris\/README\.md exists with other content\. Use --force/);
    expect(await readFile(readme, "utf8")).to.equal("mine");
    expect((await run("pull", "iris@1.0.0", "--to", "mine/iris", "--force")).code).to.equal(0);
    expect(await readFile(readme, "utf8")).not.to.equal("mine");
    expect(await readdir(join(folder, "mine/iris"))).to.have.members(["README.md", "model.onnx"]);
  });

  it("models list and show tell the same to people and scripts", async () => {
    for (const name of ["rose", "tulip"]) {
      await connection.models.createModel({ model: { name: `models/${name}`, labels: ["garden", "spring"] } });
    }
    const garden = ["models", "list", "--filter", "labels = garden OR name = iris", "--order-by", "name"];
    const listed = await run(...garden);
    expect(listed.stdout.split("\n").map((line) => line.replace(/ +\S+ \S+Z$/, ""))).to.deep.equal([
      "MODEL  LATEST  VERSIONS  LABELS         CREATED",
      "iris   2.0.0   2",
      "rose           0         garden spring",
      "tulip          0         garden spring",
      "",
    ]);
    const { models, more } = await json<{ models: Record<string, unknown>[]; more: boolean }>(
      ...garden,
      "--limit",
      "2",
    );
    expect(more).to.equal(true);
    expect(models.map(({ name }) => name)).to.deep.equal(["models/iris", "models/rose"]);
    expect(models[0]).to.include.keys("uid", "latestVersion", "versionCount", "creator", "createTime", "etag");
    expect((await run(...garden, "--limit", "2")).stdout).to.match(/\nThere are more; use --limit\.\n$/);
    expect(await json("models", "show", "iris")).to.deep.equal(models[0]);
    const shown = await run("models", "show", "iris");
    expect(shown.stdout).to.match(/^model {5}iris\nuid {7}[0-9a-f-]{36}\nlatest {4}2\.0\.0\nversions {2}2\n/);
  });

  it("models delete hides a model, brings it back, and purges it", async () => {
    await connection.models.createModel({ model: { name: "models/gone" } });
    expect((await run("models", "delete", "gone")).stdout).to.equal(
      "gone is deleted. Bring it back with --undelete.\n",
    );
    const names = async (...words: string[]) =>
      (await json<{ models: { name: string }[] }>("models", "list", ...words)).models.map(({ name }) => name);
    expect(await names()).not.to.include("models/gone");
    expect(await names("--deleted")).to.include("models/gone");
    expect((await run("models", "list", "--deleted")).stdout).to.contain("gone (deleted)");
    expect(await json("models", "delete", "gone", "--undelete")).to.deep.equal({ model: "gone", undeleted: true });
    expect(await names()).to.include("models/gone");
    expect((await run("models", "delete", "gone", "--purge")).stdout).to.equal("gone is purged.\n");
    expect(await names("--deleted")).not.to.include("models/gone");
  });

  it("aliases set moves a name of a version, and aliases delete removes it", async () => {
    const champion = async () => (await json<{ number: string }>("versions", "show", "iris@champion")).number;
    expect((await run("aliases", "set", "champion", "iris@1.0.0")).stdout).to.equal("iris@champion is 1.0.0.\n");
    expect(await champion()).to.equal("1.0.0");
    expect((await run("models", "show", "iris")).stdout).to.contain("\naliases   champion → 1.0.0\n");
    const { model } = await json<{ model: { aliases: object } }>("aliases", "set", "champion", "iris@latest");
    expect(model.aliases).to.deep.equal({ champion: "2.0.0" });
    expect(await champion()).to.equal("2.0.0");
    expect((await run("aliases", "delete", "iris@champion")).stdout).to.equal("iris@champion is deleted.\n");
    expect((await run("versions", "show", "iris@champion")).code).to.equal(4);
    const refused = await run("aliases", "set", "production", "iris");
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.match(
      /^error: "production" cannot be an alias: it is a stage\. .*\n {2}\(ALIAS_INVALID\)\n$/,
    );
  });

  it("versions list and show tell the same to people and scripts", async () => {
    const listed = await run("versions", "list", "iris", "--order-by", "number desc");
    expect(listed.stdout.split("\n").map((line) => line.replace(/ +\S+ \S+Z /, " "))).to.deep.equal([
      "VERSION     STATE      STAGE        SIZE     FORMATS  CREATED               BY",
      "iris@2.0.0  PUBLISHED  development  7.5 KiB  onnx  users/local",
      "iris@1.0.0  PUBLISHED  development  7.5 KiB  onnx  users/local",
      "",
    ]);
    const words = ["versions", "list", "--filter", 'tags.env = "prod" AND labels = tabular'];
    const { versions } = await json<{ versions: { name: string }[] }>(...words);
    expect(versions.map(({ name }) => name)).to.deep.equal(["models/iris/versions/1.0.0"]);
    expect(await json("versions", "show", "iris@1.0.0")).to.deep.equal(versions[0]);
    const shown = await run("versions", "show", "iris@1.0.0");
    expect(shown.stdout)
      .to.match(/^version {4}iris@1\.0\.0\n/)
      .and.to.contain("size       7.5 KiB in 2 files\n")
      .and.to.contain("inputs     X: float32[?, 4]\noutputs    label: int64[?], probabilities: float32[?, 3]\n")
      .and.to.contain("labels     tabular\ntags       env=prod\n");
  });

  it("search finds versions of all models by words, and counts what it found", async () => {
    const found = await run("search", "PROD", "iri", "--facets");
    expect(found.stdout.split("\n").map((line) => line.replace(/ +\S+ \S+Z /, " "))).to.deep.equal([
      "VERSION     STATE      STAGE        METRICS  CREATED               BY",
      "iris@1.0.0  PUBLISHED  development  users/local",
      "found      1",
      "state      PUBLISHED 1",
      "stage      development 1",
      "framework  skl2onnx 1.20.0 1",
      "labels     tabular 1",
      "",
    ]);
    const words = ["search", "iris", "--filter", "state = PUBLISHED", "--order-by", "number desc", "--limit", "1"];
    const answer = await json<{ versions: { number: string }[]; more: boolean; totalSize: number }>(...words);
    expect(answer.versions.map(({ number }) => number)).to.deep.equal(["2.0.0"]);
    expect(answer).to.deep.include({ more: true, totalSize: 2 }).and.not.have.property("facets");
    expect(await json("search", "nothing like it", "--facets")).to.deep.equal({
      versions: [],
      more: false,
      totalSize: 0,
      facets: ["state", "stage", "framework", "labels"].map((field) => ({ field })),
    });
    const refused = await run("search", "?!");
    expect(refused).to.include({ code: 1, stdout: "" });
    expect(refused.stderr).to.include("it has no letter and no digit").and.to.include("(QUERY_INVALID)");
  });

  it("errors say what to do on standard error, and end with the code for their kind", async () => {
    const cases: [string[], number, RegExp][] = [
      [
        ["models", "show", "nope"],
        4,
        /^error: There is no models\/nope\. Check the spelling, or list models with `slipway models list`\.\n {2}\(MODEL_NOT_FOUND\)\n$/,
      ],
      [
        ["versions", "show", "iris@^7"],
        4,
        /^error: No version of models\/iris matches "\^7"\. .*\n {2}\(SELECTOR_NOT_FOUND\)\n$/,
      ],
      [["pull", "iris@"], 1, /^error: "iris@" names no model\. Write iris, iris@1\.2\.0/],
      [
        ["models", "list", "--filter", "name ="],
        1,
        /^error: The filter is wrong at character 7: .*\n {2}\(FILTER_INVALID\)\n$/,
      ],
      [["runs", "show", "nope"], 4, /^error: There is no runs\/nope.*`slipway runs list`\.\n {2}\(RUN_NOT_FOUND\)\n$/],
      [["keys", "create", "users/ada", "--role", "viewer"], 4, /^error: There is no users\/ada\./],
    ];
    const outcomes = await Promise.all(cases.map(([words]) => run(...words)));
    for (const [index, [words, code, message]] of cases.entries()) {
      const title = words.join(" ");
      expect(outcomes[index]?.code, title).to.equal(code);
      expect(outcomes[index]?.stderr, title).to.match(message);
      expect(outcomes[index]?.stdout, title).to.equal("");
    }
    const { code, stdout, stderr } = await run("models", "show", "nope", "-o", "json");
    expect({ code, stdout }).to.deep.equal({ code: 4, stdout: "" });
    expect(JSON.parse(stderr).error).to.include({ reason: "MODEL_NOT_FOUND", code: "NOT_FOUND" });
  });
});
