import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@slipway/client";
import { expect } from "chai";
import { runSlipway, SlipwayProcess } from "../support/slipway-process.ts";

describe("two servers on one folder", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "slipway-two-"));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it("refuses the second one, says what to do, and leaves the first one alone", async () => {
    const first = await SlipwayProcess.start({ home });
    const connection = connect({ url: first.url });
    try {
      await connection.models.createModel({ model: { name: "models/iris" } });
      const second = await runSlipway(["serve"], { env: { SLIPWAY_HOME: home, SLIPWAY_LISTEN: "127.0.0.1:0" } });
      expect(second).to.deep.equal({
        code: 1,
        stdout: "",
        stderr: `error: Another slipway server works in ${join(home, "data")}. Stop it, or give this one a folder of its own with SLIPWAY_HOME.\n`,
      });
      expect((await connection.models.getModel({ name: "models/iris" })).model?.name).to.equal("models/iris");
    } finally {
      connection.close();
      await first.kill();
    }
  });

  it("lets one of several that start at once have it", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 3 }, () => SlipwayProcess.start({ home })));
    const servers = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    for (const server of servers) await server.kill();
    expect(servers).to.have.length(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(String(outcome.reason)).to.include("Another slipway server works in");
    }
  });

  it("lets the next one start as soon as the first one was killed or stopped, with its data", async () => {
    const first = await SlipwayProcess.start({ home });
    const connection = connect({ url: first.url });
    await connection.models.createModel({ model: { name: "models/iris" } });
    connection.close();
    await first.kill();
    for (const end of ["stop", "kill"] as const) {
      const next = await SlipwayProcess.start({ home });
      const { stdout } = await next.run(["models", "list", "-o", "json"]);
      expect(stdout).to.include("iris");
      await next[end]();
    }
  });
});
