import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type CommandResult, SlipwayProcess } from "../support/slipway-process.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

describe("slipway reviews and versions edit", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let admin: string;
  let alice: string;
  let rosa: string;

  before(async () => {
    server = await SlipwayProcess.start({ env: { SLIPWAY_AUTH: "keys" } });
    admin = (await readFile(join(server.home, "data", "bootstrap-key"), "utf8")).trim();
    const keyOf = async (name: string, role: string) => {
      await as(admin, "principals", "create", name);
      return (await as(admin, "keys", "create", name, "--role", role)).stdout.trim();
    };
    alice = await keyOf("users/alice", "contributor");
    rosa = await keyOf("users/rosa", "reviewer");
  });
  after(() => server?.remove());

  const as = (key: string, ...words: string[]): Promise<CommandResult> =>
    server.run(words, { cwd: server.home, env: { SLIPWAY_HOME: join(server.home, "user"), SLIPWAY_KEY: key } });
  const json = async (key: string, ...words: string[]) => {
    const { code, stdout, stderr } = await as(key, ...words, "-o", "json");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it("policy set, show and unset say what publishing asks for", async () => {
    const set = await as(admin, "reviews", "policy", "set", "--approvals", "1", "--require", "description");
    expect(set.stdout).to.match(
      /^policy +reviewPolicy\napprovals +1\nfields +description\nupdated +\S.*\nby +users\/admin\n$/,
    );
    expect(await json(alice, "reviews", "policy", "show")).to.include({ requiredApprovals: 1 });
    expect((await as(admin, "reviews", "policy", "set", "--approvals", "few")).code).to.equal(2);
    const invalid = await as(admin, "reviews", "policy", "set", "--approvals", "0", "--require", "author");
    expect(invalid.stderr).to.contain("(REVIEW_POLICY_INVALID)");
    expect((await as(alice, "reviews", "policy", "unset")).stderr).to.contain("(ROLE_REQUIRED)");
  });

  it("pending, submit and list lead a version to its publication", async () => {
    const pushed = await as(alice, "push", join(examples, "iris"), "-m", "iris");
    expect(pushed.code).to.equal(0);
    expect(pushed.stdout).to.match(/^iris 1\.0\.0 READY\n.*\nIt waits for reviewers: slipway reviews pending\n$/s);
    const { stdout } = await as(rosa, "reviews", "pending");
    expect(stdout.split("\n")[1]).to.match(/^iris@1\.0\.0 +0 of 1 +description +\S.* +users\/alice *$/);
    expect((await as(rosa, "reviews", "submit", "iris@1.0.0")).code).to.equal(2);
    const early = await as(rosa, "reviews", "submit", "iris@1.0.0", "--approve");
    expect(early.code).to.equal(1);
    expect(early.stderr).to.match(/cannot be approved without description\. .*\n {2}\(REVIEW_FIELDS_MISSING\)\n$/s);
    const edited = await as(alice, "versions", "edit", "iris@1.0.0", "--description", "Fisher's flowers", "-t", "a=1");
    expect(edited.stdout).to.equal("iris@1.0.0 is changed.\n");
    expect(await json(alice, "versions", "edit", "iris@1.0.0", "-t", "a=", "-l", "flowers")).to.deep.include({
      description: "Fisher's flowers",
      labels: ["flowers"],
    });
    expect((await as(alice, "versions", "edit", "iris@1.0.0")).code).to.equal(2);
    const approved = await as(rosa, "reviews", "submit", "iris@1.0.0", "--approve", "--comment", "Works on my data.");
    expect(approved.stdout).to.equal("iris@1.0.0 is PUBLISHED.\n");
    const listed = await as(alice, "reviews", "list", "iris@1.0.0");
    expect(listed.stdout.split("\n")[1]).to.match(/^users\/rosa +approve +\S.* +Works on my data\.$/);
    expect(await json(rosa, "reviews", "pending", "iris")).to.deep.equal({ pendingReviews: [], more: false });
  });

  it("submit rejects with a reason that everybody sees who sees the version", async () => {
    await as(alice, "push", join(examples, "iris-float64"), "-m", "iris");
    const silent = await as(rosa, "reviews", "submit", "iris@2.0.0", "--reject");
    expect(silent.stderr).to.contain("(REVIEW_COMMENT_MISSING)");
    const own = await as(admin, "keys", "create", "users/alice", "--role", "reviewer");
    const error = await as(own.stdout.trim(), "reviews", "submit", "iris@2.0.0", "--reject", "--comment", "x");
    expect(error.code).to.equal(5);
    expect(error.stderr).to.contain("(REVIEW_FORBIDDEN)");
    const rejected = await json(rosa, "reviews", "submit", "iris@2.0.0", "--reject", "--comment", "Wrong labels.");
    expect(rejected).to.have.nested.property("version.state", "VERSION_STATE_REJECTED");
    expect(rejected).to.have.nested.property("review.verdict", "REVIEW_VERDICT_REJECT");
    expect((await as(alice, "versions", "show", "iris@2.0.0")).stdout).to.contain(
      "users/rosa rejected it: Wrong labels.",
    );
    expect((await as(admin, "reviews", "policy", "unset")).stdout).to.match(/^policy +reviewPolicy\napprovals +0\n/);
  });
});
