import { randomBytes } from "node:crypto";
import { mkdtemp, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, connect } from "@slipway/client";
import { UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { type CommandResult, type RunOptions, SlipwayProcess } from "../support/slipway-process.ts";
import { HoldingProxy } from "./holding-proxy.ts";
import { digestsOf, writeModelFolder } from "./model-folder.ts";

/** Where `slipway pull` keeps what is not verified yet. */
const PARTIAL_FOLDER = ".slipway-partial";

const MIB = 1024 * 1024;
/** The server records how far a file is every 32 MiB. The proxy stops well behind that, and well before the end. */
const PUSHED = { progressBytes: 32 * MIB, holdBytes: 56 * MIB, weightsBytes: 80 * MIB };
/** The client writes each message as it comes. */
const PULLED = { progressBytes: 4 * MIB, holdBytes: 16 * MIB, weightsBytes: 24 * MIB };

const ends = [
  ["kill -9", "kill"],
  ["ctrl-C", "interrupt"],
] as const;

describe("a client that ends in the middle of a transfer", () => {
  let folder: string;
  let source: string;
  let server: SlipwayProcess;
  let proxy: HoldingProxy;
  let connection: Connection;

  before(async () => {
    server = await SlipwayProcess.start();
    proxy = await HoldingProxy.before(server.url);
    connection = connect({ url: server.url });
  });
  after(async () => {
    connection.close();
    await proxy.close();
    await server.remove();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-client-"));
    source = join(folder, "model");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function writeSource({ weightsBytes }: { weightsBytes: number }): Promise<void> {
    return writeModelFolder(source, randomBytes(8).toString("hex"), weightsBytes);
  }

  /** Runs a command through the proxy. */
  function run(command: string[], options: RunOptions = {}): Promise<CommandResult> {
    const env = { SLIPWAY_URL: proxy.url, SLIPWAY_HOME: folder };
    return server.run([...command, "-o", "json"], { ...options, env });
  }

  /** Name of the one upload that the client remembers. */
  async function rememberedUpload(): Promise<string> {
    const pushes = join(folder, "client", "pushes");
    const [file = ""] = await readdir(pushes);
    return (JSON.parse(await readFile(join(pushes, file), "utf8")) as { upload: string }).upload;
  }

  async function durableBytes(upload: string): Promise<number> {
    const { files } = await connection.uploads.getUpload({ name: upload });
    return Number(files.find(({ path }) => path.endsWith(".safetensors"))?.durableBytes ?? 0);
  }

  for (const [what, how] of ends) {
    it(`resumes a push after ${what}`, async () => {
      const model = `pushed-${how}`;
      await writeSource(PUSHED);
      const end = new AbortController();
      proxy.hold({ upBytes: PUSHED.holdBytes });
      const cut = run(["push", source, "--model", model], { [how]: end.signal });
      const upload = await until("the client remembers its upload", () => rememberedUpload().catch(() => undefined));
      await until("the server has recorded progress", async () => (await durableBytes(upload)) >= PUSHED.progressBytes);
      end.abort();
      const { code, stderr } = await cut;
      if (how === "interrupt") {
        expect({ code, stderr }).to.deep.equal({
          code: 130,
          stderr: "Interrupted. Run the same command again to go on where it was.\n",
        });
      } else expect(code).to.equal(-1);
      const { models } = await connection.models.listModels({});
      expect(models.filter(({ name, versionCount }) => name.endsWith(model) && versionCount > 0n)).to.deep.equal([]);

      proxy.release();
      const again = await run(["push", source, "--model", model]);
      expect(again.code, again.stderr).to.equal(0);
      const pushed = JSON.parse(again.stdout) as Record<string, unknown>;
      expect(pushed).to.include({ model, version: "1.0.0", state: "PUBLISHED", unchanged: false });
      expect(pushed.uploadedBytes).to.be.at.most(PUSHED.weightsBytes - PUSHED.progressBytes + MIB);
      const got = await connection.uploads.getUpload({ name: upload });
      expect(got.upload?.state, "the same upload").to.equal(UploadState.COMPLETED);
      expect((await connection.versions.listVersions({ parent: `models/${model}` })).versions).to.have.length(1);
      expect(await readdir(join(folder, "client", "pushes")), "nothing is left to resume").to.deep.equal([]);
      const destination = join(folder, "pulled");
      await run(["pull", model, "--to", destination]);
      expect(await digestsOf(destination)).to.deep.equal(await digestsOf(source));
    });
  }

  describe("pull", () => {
    let destination: string;
    beforeEach(async () => {
      proxy.release();
      destination = join(folder, "pulled");
      await writeSource(PULLED);
      const { code, stderr } = await run(["push", source, "--model", "pulled"]);
      expect(code, stderr).to.equal(0);
    });

    /** Pulls until some of the large file is there, then ends the client; gives the path of what is there. */
    async function pullInPart(how: "kill" | "interrupt"): Promise<{ partial: string; result: CommandResult }> {
      const end = new AbortController();
      proxy.hold({ downBytes: PULLED.holdBytes });
      const cut = run(["pull", "pulled", "--to", destination], { [how]: end.signal });
      const partials = join(destination, PARTIAL_FOLDER);
      const partial = await until("a part of the file is there", async () => {
        for (const name of await readdir(partials).catch(() => [])) {
          const { size } = await stat(join(partials, name)).catch(() => ({ size: 0 }));
          if (size >= PULLED.progressBytes) return join(partials, name);
        }
        return undefined;
      });
      end.abort();
      const result = await cut;
      proxy.release();
      const present = Object.entries(await digestsOf(destination)).filter(([path]) => !path.startsWith(PARTIAL_FOLDER));
      expect(await digestsOf(source)).to.include(Object.fromEntries(present));
      expect(Object.keys(Object.fromEntries(present))).to.not.include("weights/model.safetensors");
      return { partial, result };
    }

    for (const [what, how] of ends) {
      it(`resumes after ${what}, and shows nothing half until then`, async () => {
        const { result } = await pullInPart(how);
        expect(result.code).to.equal(how === "interrupt" ? 130 : -1);
        const again = await run(["pull", "pulled", "--to", destination]);
        expect(again.code, again.stderr).to.equal(0);
        const { downloadedBytes } = JSON.parse(again.stdout) as { downloadedBytes: number };
        expect(downloadedBytes).to.be.at.most(PULLED.weightsBytes - PULLED.progressBytes + MIB);
        expect(await digestsOf(destination)).to.deep.equal(await digestsOf(source));
      });
    }

    it("throws away a part that a crash has damaged, and says to pull again", async () => {
      const { partial } = await pullInPart("kill");
      await using handle = await open(partial, "r+");
      await handle.write(Buffer.alloc(4096), 0, 4096, MIB);
      const damaged = await run(["pull", "pulled", "--to", destination]);
      expect(damaged.code).to.equal(1);
      expect(damaged.stderr).to.include("arrived damaged and was thrown away. Pull again.");
      const again = await run(["pull", "pulled", "--to", destination]);
      expect(again.code, again.stderr).to.equal(0);
      expect(await digestsOf(destination)).to.deep.equal(await digestsOf(source));
    });
  });
});
