import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";
import { FollowedCommand } from "./followed-command.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));

interface ListedRun {
  name: string;
  workflow: string;
  state: string;
  subject: string;
}

describe("slipway workflow and runs", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let folder: string;
  /** What a workflow's http step calls; each call waits until the test answers it. */
  let hook: Server;
  const calls: ServerResponse[] = [];

  before(async () => {
    server = await SlipwayProcess.start({ env: { SLIPWAY_ALLOW_PRIVATE_HTTP: "yes" } });
    folder = await mkdtemp(join(tmpdir(), "slipway-cli-"));
    hook = createServer((request, response) => {
      request.resume();
      calls.push(response);
      hook.emit("called");
    });
    await once(hook.listen(0, "127.0.0.1"), "listening");
  });
  after(async () => {
    hook?.closeAllConnections();
    hook?.close();
    await server?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const environment = () => ({ SLIPWAY_HOME: join(folder, "home") });
  const run = (...words: string[]) => server.run(words, { cwd: folder, env: environment() });
  const json = <Answer>(...words: string[]) => server.json<Answer>(words, { cwd: folder, env: environment() });
  const pushes = (model: string) => json<{ state: string }>("push", IRIS, "-m", model, "--force");

  async function nextCall(): Promise<ServerResponse> {
    while (calls.length === 0) await once(hook, "called");
    return calls.shift() as ServerResponse;
  }

  async function definition(name: string, model: string): Promise<string> {
    const file = join(folder, `${name}.yaml`);
    const { port } = hook.address() as AddressInfo;
    await writeFile(
      file,
      `name: workflows/${name}
description: Tells somebody.
triggers:
  - event_type: slipway.version.published
    filter: event.subject.contains("models/${model}/")
steps:
  - id: tell
    http: { url: "http://127.0.0.1:${port}/" }
    retry: { max_attempts: 2, initial_backoff: 0.01s }
`,
    );
    return file;
  }

  it("workflow apply makes a definition, changes it, and leaves it when nothing changed", async () => {
    const file = await definition("tell-first", "nobody");
    expect((await run("workflow", "apply", file, "--dry-run")).stdout).to.equal(`${file} is valid.\n`);
    expect((await run("workflow", "show", "tell-first")).code).to.equal(4);
    expect((await run("workflow", "apply", file)).stdout).to.equal("workflows/tell-first applied, revision 1\n");
    expect((await run("workflow", "apply", file)).stdout).to.equal("workflows/tell-first is unchanged, revision 1\n");
    await definition("tell-first", "somebody");
    const { workflow, changed } = await json<{ workflow: { revision: string }; changed: boolean }>(
      "workflow",
      "apply",
      file,
    );
    expect({ revision: workflow.revision, changed }).to.deep.equal({ revision: "2", changed: true });
    const shown = await json<{ name: string; triggers: { filter: string }[] }>("workflow", "show", "tell-first");
    expect(shown).to.deep.equal(workflow);
    expect(shown.triggers[0]?.filter).to.contain("models/somebody/");
  });

  it("workflow list has the built-in one first, without a date", async () => {
    await run("workflow", "apply", await definition("tell-listed", "nobody"));
    const { stdout } = await run("workflow", "list");
    const lines = stdout.trimEnd().split("\n");
    expect(lines.slice(0, 2)).to.deep.equal([
      "WORKFLOW              STARTS ON                  STEPS                     REVISION  UPDATED",
      "admission (built in)  slipway.version.created    proof → inspect → finish  1",
    ]);
    expect(lines.find((line) => line.startsWith("tell-listed"))).to.match(
      /^tell-listed {11}slipway\.version\.published {2}tell {22}1 {9}20\d\d-\d\d-\d\d \S+Z$/,
    );
  });

  it("workflow apply says what is wrong with a file, and where", async () => {
    const cases: [name: string, text: string, message: RegExp][] = [
      ["broken.yaml", "name: [", /^error: broken\.yaml cannot be read: .* at line 1, column \d+/],
      ["missing.yaml", "", /^error: missing\.yaml does not exist\n$/],
      [
        "fields.yaml",
        "name: workflows/a\nstepps: []\n",
        /^error: fields\.yaml is not a workflow: .*"?stepps"?.* See docs\/workflows\.md\.\n$/,
      ],
      ["scalar.yaml", "just words", /^error: scalar\.yaml is not a workflow: .* See docs\/workflows\.md\.\n$/],
      [
        "graph.yaml",
        `name: workflows/graph
steps:
  - { id: one, needs: [two], http: { url: "https://hooks.example.com" } }
  - { id: two, needs: [one], http: { url: "https://hooks.example.com" } }
`,
        /^error: The workflow cannot run: .*\n {2}workflow\.steps.*\n {2}\(WORKFLOW_INVALID\)\n$/s,
      ],
      ["name.yaml", "name: workflows/Not A Name\nsteps: [{ id: one, proof: {} }]\n", /^error: .*workflow\.name/s],
    ];
    for (const [name, text] of cases) if (text !== "") await writeFile(join(folder, name), text);
    const outcomes = await Promise.all(cases.map(([name]) => run("workflow", "apply", name)));
    for (const [index, [name, , message]] of cases.entries()) {
      expect(outcomes[index]?.code, name).to.equal(1);
      expect(outcomes[index]?.stderr, name).to.match(message).and.not.contain("    at ");
      expect(outcomes[index]?.stdout, name).to.equal("");
    }
  });

  it("runs watch follows a run to its end, and runs show and list tell of it", async () => {
    await run("workflow", "apply", await definition("tell-good", "good"));
    expect(await pushes("good")).to.include({ state: "PUBLISHED" });
    const call = await nextCall();
    const { runs } = await json<{ runs: ListedRun[] }>("runs", "list", "--filter", "workflow = tell-good");
    expect(runs).to.have.length(1);
    const [started] = runs as [ListedRun];
    expect(started).to.include({ state: "RUN_STATE_RUNNING" });
    const id = started.name.replace("runs/", "");
    const watching = new FollowedCommand(["runs", "watch", id], {
      cwd: folder,
      env: { SLIPWAY_URL: server.url, ...environment() },
    });
    await watching.until(/^tell running\nrun running\n$/);
    call.end("done");
    expect(await watching.ended).to.deep.equal({
      code: 0,
      output: "tell running\nrun running\ntell succeeded\nrun succeeded\n",
    });

    expect((await run("runs", "list", "--filter", "workflow = tell-good")).stdout).to.match(
      new RegExp(
        `^RUN +WORKFLOW +STATE +SUBJECT +CREATED\\n${id} +tell-good +SUCCEEDED +models/good/versions/1\\.0\\.0 +\\S+ \\S+Z\\n$`,
      ),
    );
    const { stdout } = await run("runs", "show", started.name);
    expect(stdout)
      .to.match(
        /^run {7}\S+\nworkflow {2}tell-good\nstate {5}SUCCEEDED\nsubject {3}tenants\/default\/models\/good\/versions\/1\.0\.0\n/,
      )
      .and.to.match(/\nSTEP {2}STATE {6}ATTEMPT {2}MESSAGE\ntell {2}SUCCEEDED {2}1\n$/);
    expect(await json("runs", "show", id)).to.include({ name: started.name, state: "RUN_STATE_SUCCEEDED" });
  });

  it("runs watch ends with 1 when the run fails, and says why", async () => {
    await run("workflow", "apply", await definition("tell-bad", "bad"));
    await pushes("bad");
    for (let attempt = 0; attempt < 2; attempt += 1) (await nextCall()).writeHead(500).end();
    const { runs } = await json<{ runs: ListedRun[] }>("runs", "list", "--filter", "workflow = tell-bad");
    const { code, stdout } = await run("runs", "watch", runs[0]?.name ?? "");
    expect(code).to.equal(1);
    expect(stdout).to.match(/tell failed \(attempt 2\): .*500.*\nrun failed\n$/);
  });

  it("runs start, cancel and retry do so by hand, and say how to follow", async () => {
    await run("workflow", "apply", await definition("by-hand", "nobody"));
    await pushes("subject");
    const input = JSON.stringify({ because: ["a", 1] });
    const started = await run("runs", "start", "by-hand", "--subject", "subject@latest", "--input", input);
    expect(started.code).to.equal(0);
    const [, id = "", state] =
      /^(\S+) is (\w+)\. Follow it with:\n {2}slipway runs watch \1\n$/.exec(started.stdout) ?? [];
    expect(state).to.be.oneOf(["PENDING", "RUNNING"]);
    await nextCall();
    expect(await json("runs", "show", id)).to.deep.include({
      workflow: "workflows/by-hand",
      subject: "tenants/default/models/subject/versions/1.0.0",
      input: { because: ["a", 1] },
    });
    expect((await run("runs", "retry", id)).stderr).to.contain("(RUN_NOT_RETRYABLE)");
    expect((await run("runs", "cancel", id, "--reason", "enough")).stdout).to.equal(`${id} is CANCELLED.\n`);
    expect(await json("runs", "show", id)).to.include({ state: "RUN_STATE_CANCELLED", message: "enough" });

    const { stdout } = await run("runs", "retry", `runs/${id}`);
    const [, second = ""] = /^(\S+) is \w+\. Follow it with:\n/.exec(stdout) ?? [];
    expect(second).not.to.equal(id);
    (await nextCall()).end();
    expect(await run("runs", "watch", second)).to.include({ code: 0 });
    expect(await json("runs", "show", second)).to.deep.include({ input: { because: ["a", 1] } });

    const third = await json<{ name: string; state: string }>("runs", "start", "by-hand");
    expect(third.name).to.match(/^runs\/./);
    (await nextCall()).end();
    expect(await run("runs", "start", "admission")).to.include({ code: 1, stdout: "" });
    expect(await run("runs", "start", "nothing")).to.include({ code: 4, stdout: "" });
    expect(await run("runs", "start", "by-hand", "--subject", "subject@9.9.9")).to.include({ code: 4, stdout: "" });
    expect(await run("runs", "cancel", "nothing")).to.include({ code: 4, stdout: "" });
  });

  it("runs watch writes one line of JSON for each change", async () => {
    await pushes("lines");
    const { runs } = await json<{ runs: ListedRun[] }>("runs", "list", "--limit", "1");
    const { code, stdout } = await run("runs", "watch", runs[0]?.name ?? "", "-o", "json");
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as ListedRun);
    expect(code).to.equal(0);
    expect(lines.at(-1)).to.include({ name: runs[0]?.name, state: "RUN_STATE_SUCCEEDED" });
  });
});
