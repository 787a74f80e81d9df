import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@slipway/runtime/testing";
import { expect } from "chai";
import { consoleBlocks } from "./console-blocks.ts";
import { Session } from "./session.ts";

/** Stands in for the server: says where it listens, as the page does, and stays. */
const SERVER = `const [host, port] = process.env.TEST_ADDRESS.split(":");
require("node:net").createServer().listen(port, host, () => console.log((process.env.TEST_GREETING ?? "Slipway") + " is ready on http://" + host + ":" + port));
process.on("SIGTERM", () => { require("node:fs").writeFileSync(process.env.TEST_ENDED, "ended"); process.exit(0); });`;

const FENCE = "```";

describe("A session of examples", () => {
  let root: string;
  let address: string;
  let session: Session;
  const run = async (...lines: string[]) => {
    for (const block of consoleBlocks(lines.join("\n"))) await session.run(block);
  };
  const console = (...lines: string[]) => run(`${FENCE}console`, ...lines, FENCE);
  const failure = (promise: Promise<void>) =>
    promise.then(
      () => expect.fail("the example passed"),
      (error: Error) => error.message,
    );

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "slipway-docs-test-"));
    await mkdir(join(root, "docs"));
    await writeFile(join(root, "package.json"), JSON.stringify({ scripts: { start: "exec node server.cjs" } }));
    await writeFile(join(root, "server.cjs"), SERVER);
    address = `127.0.0.1:${await freePort()}`;
    session = await Session.open({
      root,
      entries: ["docs", "package.json", "server.cjs"],
      address,
      environment: { TEST_ADDRESS: address, TEST_ENDED: join(root, "ended") },
    });
  });
  afterEach(async () => {
    await session.close();
    await rm(root, { recursive: true });
  });

  it("keeps folder, files and variables from command to command", async () => {
    await console("$ KEY=secret", "$ mkdir deep", "$ cd deep", "$ echo $KEY > file");
    await console("$ pwd; cat file", "…/slipway/deep", "secret", "$ ls ..", "deep", "docs", "…");
    expect(await readFile(join(root, "package.json"), "utf8")).to.contain("start");
  });

  it("puts the server's address in place of the documented one, both ways", async () => {
    await console("$ npm start", "…", "Slipway is ready on http://127.0.0.1:7000");
    await console("$ echo $SLIPWAY_URL", "http://127.0.0.1:7000");
    await console("$ echo http://127.0.0.1:7000 | wc -c", String(`http://${address}\n`.length));
  });

  it("starts a server where the page does not, and ends it", async () => {
    await console("$ true");
    await session.close();
    expect(await readFile(join(root, "ended"), "utf8")).to.equal("ended");
  });

  it("starts the server anew with variables in front of the command", async () => {
    await console("$ npm start", "…", "Slipway is ready on …");
    await console("$ TEST_GREETING=Ahoy npm start", "…", "Ahoy is ready on …");
  });

  it("lets a second server refuse to start where the page says so", async () => {
    await run(
      "<!-- example: exits with 1 -->",
      `${FENCE}console`,
      "$ npm start",
      "…",
      "Error: listen EADDRINUSE…",
      "…",
      FENCE,
    );
  });

  it("stops with ^C what never ends", async () => {
    await console('$ node -e "console.log(1); setInterval(() => {}, 1000)"', "1", "^C");
  });

  it("accepts the exit code that the page announces, and no other", async () => {
    await run("<!-- example: exits with 4 -->", `${FENCE}console`, "$ true", "$ (exit 4)", FENCE);
    expect(await failure(console("$ (exit 4)"))).to.contain("it ended with 4");
  });

  it("shows what differs", async () => {
    const message = await failure(console("$ echo one", "two"));
    expect(message)
      .to.contain("$ echo one")
      .and.to.contain("the page shows:\n  two")
      .and.to.contain("it wrote:\n  one");
  });

  it("fails when the server does not start", async () => {
    await writeFile(join(root, "server.cjs"), 'console.log("port taken"); process.exit(3);');
    expect(await failure(console("$ true")))
      .to.contain("it ended with 3")
      .and.to.contain("port taken");
  });
});
