import { expect } from "chai";
import { createProgram } from "./program.ts";
import { runProgram } from "./run-program.ts";

interface Outcome {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** Runs a command line as a shell would, where no server answers. */
async function run(...words: string[]): Promise<Outcome> {
  const outcome: Outcome = { exitCode: undefined, stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      outcome[name] += text;
    },
  });
  const context = {
    terminal: {
      stdout: stream("stdout"),
      stderr: stream("stderr"),
      env: { SLIPWAY_URL: "http://127.0.0.1:1" },
      signal: new AbortController().signal,
    },
    setExitCode: (code: number) => {
      outcome.exitCode = code;
    },
  };
  await runProgram(createProgram(context), context, words);
  return outcome;
}

describe("The exit code of a command", () => {
  const wrong: [string[], RegExp][] = [
    [["pull"], /^error: missing required argument 'reference'/],
    [["push", "folder"], /^error: required option '-m, --model <name>' not specified/],
    [["nonsense"], /^error: unknown command 'nonsense'/],
    [["models", "list", "--colour"], /^error: unknown option '--colour'/],
    [["models", "list", "-o", "yaml"], /^error: option '-o, --output <format>' argument 'yaml' is invalid/],
    [["models", "list", "--limit", "0"], /^error: --limit 0 is not a whole number above 0/],
    [["push", "folder", "-m", "iris", "--bump", "huge"], /^error: There is no bump "huge"/],
    [["push", "folder", "-m", "iris", "--bump", "major", "--number", "1.0.0"], /^error: Give --number or --bump/],
    [["push", "folder", "-m", "iris", "--tag", "alone"], /^error: "alone" is not a tag/],
    [["keys", "create", "users/a", "--role", "king"], /^error: There is no role "king"/],
    [["keys", "create", "users/a", "--role", "viewer", "--expires", "soon"], /^error: "soon" is not a time/],
    [["runs", "start", "w", "--input", "{"], /^error: --input is not JSON: /],
    [
      ["runs", "start", "w", "--input", "[1]"],
      /^error: --input \[1\] is not an object\. Write it as '\{"key": "value"\}'/,
    ],
    [["evaluate", "iris"], /^error: required option '-d, --dataset <name>' not specified/],
    [["evaluate", "iris", "-d", "d"], /^error: Give one of --counts, --metrics and --predictions/],
    [
      ["evaluate", "iris", "-d", "d", "--counts", "tp=1", "--metrics", "a=1"],
      /^error: Give one of --counts, --metrics/,
    ],
    [["evaluate", "iris", "-d", "d", "--counts", "tp=1,fp=2"], /^error: --counts lacks tn, fn: write tp=80,/],
    [["evaluate", "iris", "-d", "d", "--counts", "tp=1,xp=2"], /^error: --counts knows tp, tn, fp and fn, not "xp"/],
    [["evaluate", "iris", "-d", "d", "--counts", "tp=1.5"], /^error: --counts tp=1\.5 is not a whole number/],
    [["evaluate", "iris", "-d", "d", "--counts", "tp=1,tp=1"], /^error: --counts names "tp" twice/],
    [["evaluate", "iris", "-d", "d", "--metrics", "a=nan"], /^error: --metrics a=nan is no finite number/],
    [["evaluate", "iris", "-d", "d", "--metrics", "a"], /^error: --metrics: "a" is not of the form name=value/],
    [["events", "watch", "--service", "mail"], /^error: There is no service "mail"/],
    [["events", "watch", "--after", "now"], /^error: --after now is not a position/],
  ];
  for (const [words, message] of wrong) {
    it(`is 2 for "slipway ${words.join(" ")}", which says what is wrong`, async () => {
      const { exitCode, stdout, stderr } = await run(...words);
      expect(exitCode).to.equal(2);
      expect(stderr).to.match(message).and.not.contain("    at ");
      expect(stdout).to.equal("");
    });
  }

  it("is 6 where no server answers", async () => {
    const { exitCode, stderr } = await run("whoami");
    expect(exitCode).to.equal(6);
    expect(stderr).to.contain("No server answers at http://127.0.0.1:1").and.to.contain("(SERVER_UNREACHABLE)");
  });

  it("is 0 for help and version", async () => {
    expect((await run("--version")).exitCode).to.equal(0);
    const help = await run("push", "--help");
    expect(help.exitCode).to.equal(0);
    expect(help.stdout).to.contain("--model <name>");
  });
});

describe("An error on the command line", () => {
  it("keeps its lines", async () => {
    const { stderr, exitCode } = await run("whoami", "--url", "nowhere");
    expect(stderr).to.match(/^error: The configuration is wrong:\n {2}SLIPWAY_URL: "nowhere" is no address/);
    expect(exitCode).to.equal(1);
  });

  it("is one line of JSON with -o json", async () => {
    const { stdout, stderr } = await run("whoami", "-o", "json");
    const { error } = JSON.parse(stderr);
    expect(error).to.include({ reason: "SERVER_UNREACHABLE", code: "UNAVAILABLE" });
    expect(stdout).to.equal("");
  });
});

describe("The help", () => {
  const ISSUED = [
    ...["push", "pull", "models list", "models show", "models delete", "aliases set", "aliases delete"],
    ...["versions list", "versions show", "workflow apply", "workflow list", "workflow show"],
    ...[
      "runs list",
      "runs show",
      "runs watch",
      "runs start",
      "runs cancel",
      "runs retry",
      "events watch",
      "keys create",
      "keys list",
      "keys revoke",
    ],
    ...["principals create", "principals list", "principals disable", "tenants create", "tenants list"],
    ...["whoami", "doctor"],
  ];

  it("of slipway names every command, the environment and the exit codes", async () => {
    const { stdout } = await run("--help");
    for (const command of new Set(ISSUED.map((words) => words.split(" ")[0])))
      expect(stdout).to.match(new RegExp(`^  ${command} `, "m"));
    for (const word of [
      "SLIPWAY_URL",
      "SLIPWAY_KEY",
      "SLIPWAY_HOME",
      "3 the version was rejected",
      "130 interrupted",
    ]) {
      expect(stdout).to.contain(word);
    }
  });

  for (const command of ISSUED) {
    it(`of ${command} says what it does, with every option`, async () => {
      const { stdout, stderr, exitCode } = await run(...command.split(" "), "--help");
      expect({ stderr, exitCode }).to.deep.equal({ stderr: "", exitCode: 0 });
      expect(stdout).to.match(new RegExp(`^Usage: slipway ${command} \\[options\\].*\n\n\\S.{6}`));
      expect(stdout).to.contain("-o, --output <format>").and.to.contain("--url <url>");
      const options = stdout.split("\n").filter((line) => /^ {2}-/.test(line));
      for (const line of options) expect(line).to.match(/^ {2}(-\w, )?--[a-z-]+( <[a-z=]+>)? {2,}\S/);
      expect(stdout).not.to.contain("[]");
    });
  }

  it("marks what must be given", async () => {
    expect((await run("push", "--help")).stdout).to.contain("the model; made when there is none (required)\n");
  });
});
