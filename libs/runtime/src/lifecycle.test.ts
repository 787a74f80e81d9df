import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { expect } from "chai";
import { Lifecycle } from "./lifecycle.ts";
import { silentLogger } from "./logger.ts";

class Signals extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

function lifecycleWith(signals: Signals): Lifecycle {
  return new Lifecycle({ log: silentLogger, drainTimeoutMs: 1000, signals });
}

describe("the lifecycle", () => {
  it("drains all parts, then closes all, each in the reverse order of their start", async () => {
    const signals = new Signals();
    const lifecycle = lifecycleWith(signals);
    const steps: string[] = [];
    await lifecycle.run(async () => {
      for (const name of ["store", "worker", "server"]) {
        const step = (what: string) => async () => void steps.push(`${what} ${name}`);
        lifecycle.add(name, { drain: step("drain"), close: step("close") });
      }
      setImmediate(() => signals.emit("SIGTERM"));
    });
    expect(steps).to.deep.equal([
      "drain server",
      "drain worker",
      "drain store",
      "close server",
      "close worker",
      "close store",
    ]);
    expect(signals.listenerCount("SIGTERM") + signals.listenerCount("SIGINT")).to.equal(0);
  });

  it("ends what had started when the start fails", async () => {
    const lifecycle = lifecycleWith(new Signals());
    const failure = new Error("port taken");
    const closed: string[] = [];
    const run = lifecycle.run(async () => {
      lifecycle.add("store", { close: () => closed.push("store") });
      throw failure;
    });
    expect(await run.catch((error: unknown) => error)).to.equal(failure);
    expect(closed).to.deep.equal(["store"]);
  });

  it("goes on ending the others when one part fails, and reports all failures", async () => {
    const lifecycle = lifecycleWith(new Signals());
    const closed: string[] = [];
    const error = await lifecycle
      .run(async () => {
        lifecycle.add("first", { close: () => closed.push("first") });
        lifecycle.add("second", {
          drain: () => Promise.reject(new Error("a")),
          close: () => Promise.reject(new Error("b")),
        });
        lifecycle.stop();
      })
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(AggregateError);
    expect((error as AggregateError).errors.map(({ message }) => message)).to.deep.equal(["a", "b"]);
    expect(closed).to.deep.equal(["first"]);
  });

  it("exits at once on a second signal", async () => {
    const signals = new Signals();
    const lifecycle = lifecycleWith(signals);
    const draining = Promise.withResolvers<void>();
    const run = lifecycle.run(async () => {
      lifecycle.add("slow", { drain: () => draining.promise });
      signals.emit("SIGINT");
    });
    await new Promise(setImmediate);
    signals.emit("SIGINT");
    expect(signals.exits).to.deep.equal([130]);
    draining.resolve();
    await run;
  });

  it("tells a start that waits for something of the stop", async () => {
    const signals = new Signals();
    const lifecycle = lifecycleWith(signals);
    await lifecycle.run(async () => {
      setImmediate(() => signals.emit("SIGTERM"));
      await new Promise((_, reject) => lifecycle.stopping.addEventListener("abort", () => reject(new Error("stop"))));
    });
  });

  it("ends a real process in order on SIGTERM", async () => {
    const script = `
      import { Lifecycle } from ${JSON.stringify(new URL("./lifecycle.ts", import.meta.url).href)};
      import { silentLogger } from ${JSON.stringify(new URL("./logger.ts", import.meta.url).href)};
      const lifecycle = new Lifecycle({ log: silentLogger, drainTimeoutMs: 1000 });
      const open = setInterval(() => undefined, 1000);
      await lifecycle.run(async () => {
        lifecycle.add("interval", { drain: async () => console.log("drained"), close: () => clearInterval(open) });
        console.log("ready");
      });
      console.log("over");
    `;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
      if (output === "ready\n") child.kill("SIGTERM");
    });
    const [code] = await once(child, "exit");
    expect([code, output]).to.deep.equal([0, "ready\ndrained\nover\n"]);
  });

  it("gives each part what is left of the time", async () => {
    const lifecycle = lifecycleWith(new Signals());
    const left: number[] = [];
    await lifecycle.run(async () => {
      for (let part = 0; part < 2; part++) {
        lifecycle.add(`${part}`, { drain: async (timeoutMs) => void left.push(timeoutMs) });
      }
      lifecycle.stop();
    });
    expect(left.every((each) => each > 0 && each <= 1000)).to.equal(true);
    expect(left[1]).to.be.at.most(left[0] ?? 0);
  });
});
