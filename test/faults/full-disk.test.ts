import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { type Connection, connect, connectionOver } from "@slipway/client";
import { type CallOptions, createGrpcTransport, type Transport, type TypedMethod } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { runSlipway, SlipwayProcess } from "../support/slipway-process.ts";
import { withEngines } from "../support/with-engines.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { checkHistory } from "./history.ts";
import { checkLedger } from "./ledger.ts";
import { KEPT, Life } from "./life.ts";
import { digestsOf, writeModelFolder } from "./model-folder.ts";
import { Observer } from "./observer.ts";
import { seeded } from "./seed.ts";
import { SmallDisk } from "./small-disk.ts";

const MIB = 1024 * 1024;
const DISK_MIB = 160;
const FULL = "The storage of the server is full. Nothing was changed; free space on the server, then try again.";

describe("a full disk", function () {
  this.timeout(120_000);
  let folder: string;
  let disk: SmallDisk;
  let server: SlipwayProcess;

  before(function () {
    const mounted = SmallDisk.mount(DISK_MIB);
    if (mounted !== undefined) {
      disk = mounted;
      return;
    }
    if (this.test?.parent) this.test.parent.title += " (skipped: a small disk cannot be mounted here; it takes root)";
    this.skip();
  });
  after(() => disk?.remove());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-full-"));
    server = await SlipwayProcess.start({ home: join(disk.folder, "home") });
  });
  afterEach(async () => {
    disk.free();
    await server.remove();
    await rm(folder, { recursive: true, force: true });
  });

  function run(command: string[]) {
    return server.run([...command, "-o", "json"], { env: { SLIPWAY_HOME: folder } });
  }

  it("ends a push that does not fit with a clear error, serves on, and takes it once there is room", async () => {
    await writeModelFolder(join(folder, "small"), "small", MIB);
    await writeModelFolder(join(folder, "large"), "large", 96 * MIB);
    expect((await run(["push", join(folder, "small"), "--model", "small"])).code).to.equal(0);
    disk.fill(64 * MIB);

    const refused = await run(["push", join(folder, "large"), "--model", "large"]);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include(FULL);
    const pulled = await run(["pull", "small", "--to", join(folder, "pulled-small")]);
    expect(pulled.code, pulled.stderr).to.equal(0);
    expect((await run(["models", "list"])).code).to.equal(0);

    disk.free();
    const pushed = await run(["push", join(folder, "large"), "--model", "large"]);
    expect(pushed.code, pushed.stderr).to.equal(0);
    expect((JSON.parse(pushed.stdout) as { uploadedBytes: number }).uploadedBytes).to.be.lessThan(96 * MIB);
    expect((await run(["pull", "large", "--to", join(folder, "pulled-large")])).code).to.equal(0);
    expect(await digestsOf(join(folder, "pulled-large"))).to.deep.equal(await digestsOf(join(folder, "large")));
  });

  it("keeps a server that was killed meanwhile from starting, in words, and from nothing once there is room", async () => {
    const folders = ["first", "second"].map((name) => join(folder, name));
    const [first = "", second = ""] = folders;
    for (const source of folders) await writeModelFolder(source, source, MIB);
    expect((await run(["push", first, "--model", "kept"])).code).to.equal(0);
    disk.fill();
    expect((await run(["push", second, "--model", "kept"])).stderr).to.include(FULL);
    await server.kill();
    const started = await runSlipway(["serve"], { env: { SLIPWAY_HOME: server.home, SLIPWAY_LISTEN: "127.0.0.1:0" } });
    expect(started).to.deep.equal({
      code: 1,
      stdout: "",
      stderr:
        "error: No room is left on the disk of the data (SLIPWAY_HOME). Nothing was changed; free space, then start again.\n",
    });
    disk.free();
    server = await SlipwayProcess.start({ home: server.home });
    const pushed = await run(["push", second, "--model", "kept"]);
    expect(pushed.code, pushed.stderr).to.equal(0);
    for (const [index, source] of folders.entries()) {
      const destination = join(folder, `pulled-${index}`);
      const pulled = await run(["pull", `kept@1.0.${index}`, "--to", destination]);
      expect(pulled.code, pulled.stderr).to.equal(0);
      expect(await digestsOf(destination)).to.deep.equal(await digestsOf(source));
    }
  });

  it("leaves no half key behind when a server starts for the first time", async () => {
    await server.remove();
    const home = join(disk.folder, "keys");
    const env = { SLIPWAY_HOME: home, SLIPWAY_LISTEN: "127.0.0.1:0", SLIPWAY_AUTH: "keys" };
    await mkdir(join(home, "data"), { recursive: true });
    disk.fill();
    expect((await runSlipway(["serve"], { env })).stderr).to.match(/^error: No room is left/);
    disk.free();
    server = await SlipwayProcess.start({ home, env: { SLIPWAY_AUTH: "keys" } });
    const SLIPWAY_KEY = (await readFile(join(home, "data", "bootstrap-key"), "utf8")).trim();
    const { code, stderr } = await server.run(["whoami"], { env: { SLIPWAY_KEY } });
    expect(code, stderr).to.equal(0);
  });

  /** Where a disk fills up: right after the answer to such a call, for this time in a round of commands. */
  const moments = ["WhoAmI", "StartUpload", "UploadFile", "CompleteUpload", "CreateVersion", "DeleteModel"].map(
    (method) => ({ method, time: method === "DeleteModel" ? 1 : seeded(`full after ${method}`, 1, 2) }),
  );

  for (const { method, time } of moments) {
    it(`stops whatever writes after ${method} has answered ${time} times, serves reads, and loses nothing`, async () => {
      const life = new Life(folder);
      life.weightsBytes = MIB;
      const acknowledgements = new Acknowledgements();
      const filled = Promise.withResolvers<"FILLED">();
      let armed = false;
      let answers = 0;
      const tap = (answered: string): void => {
        if (!armed || answered !== method) return;
        answers += 1;
        if (answers !== time) return;
        disk.fill();
        filled.resolve("FILLED");
      };
      const transport = tapped(acknowledgements.over(createGrpcTransport({ url: server.url })), tap);
      const connection = connectionOver(server.url, transport);
      const first = life.nextRound();
      for (const step of [...first.steps, first.settled]) await step.run(connection);
      const observer = new Observer(connect({ url: server.url }));

      // The rest is taken in a moment.
      disk.fill(16 * MIB);
      armed = true;
      const { steps, settled } = life.nextRound();
      let isFull = false;
      for (const step of steps) {
        const work = step.run(connection).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (!isFull && (await Promise.race([filled.promise, work])) === "FILLED") {
          isFull = true;
          await refusesWrites(connection);
          disk.free();
        }
        const error = await work;
        if (error === undefined) continue;
        expect(error, step.what).to.include({ reason: "STORAGE_FULL", message: FULL });
        expect(isFull, step.what).to.equal(true);
        await step.run(connection);
      }
      expect(isFull).to.equal(true);
      await settled.run(connection);
      const last = life.nextRound();
      for (const step of [...last.steps, last.settled]) await step.run(connection);
      await observer.stop();
      await acknowledgements.check(connection);
      await checkHistory(connection, [life]);
      connection.close();
      expect(await server.stop(), server.log()).to.equal(0);
      await withEngines({ SLIPWAY_HOME: server.home }, (engines) => checkLedger(engines, [life]));
    });
  }
});

/** Changes the kept model until that is refused: what the databases have left of their room is used up first. */
async function refusesWrites({ models }: Connection): Promise<void> {
  const name = `models/${KEPT}`;
  const updateMask = { paths: ["description"] };
  let acknowledged: string | undefined;
  const refusal = await until("the server refuses a change", async () => {
    const description = randomBytes(24_000).toString("hex");
    try {
      await models.updateModel({ model: { name, description }, updateMask });
      acknowledged = description;
      return undefined;
    } catch (error) {
      return error;
    }
  });
  expect(refusal).to.include({ reason: "STORAGE_FULL", code: "RESOURCE_EXHAUSTED", message: FULL });
  const { model } = await models.getModel({ name });
  if (acknowledged !== undefined) expect(model?.description).to.equal(acknowledged);
}

/** The same transport; it tells which methods have answered. */
function tapped(transport: Transport, answered: (method: string) => void): Transport {
  return {
    unary: async <I extends DescMessage, O extends DescMessage>(
      method: TypedMethod<I, O>,
      request: MessageShape<I>,
      options: CallOptions,
    ): Promise<MessageShape<O>> => {
      const response = await transport.unary(method, request, options);
      answered(method.name);
      return response;
    },
    stream: async function* <I extends DescMessage, O extends DescMessage>(
      method: TypedMethod<I, O>,
      requests: AsyncIterable<MessageShape<I>>,
      options: CallOptions,
    ): AsyncGenerator<MessageShape<O>> {
      yield* transport.stream(method, requests, options);
      answered(method.name);
    } as Transport["stream"],
    close: () => transport.close(),
  };
}
