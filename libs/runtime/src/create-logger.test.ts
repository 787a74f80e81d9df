import { expect } from "chai";
import { createLogger } from "./create-logger.ts";

function destination() {
  const texts: string[] = [];
  return { texts, write: (text: string) => texts.push(text) };
}

describe("the logger", () => {
  it("writes one JSON line per entry with level, time, fields and message", () => {
    const out = destination();
    const log = createLogger({ level: "info", destination: out }).child({ requestId: "r1" });
    log.debug({}, "not this");
    log.info({ tenant: "default", durationMs: 1.5 }, "call");
    expect(out.texts.length).to.equal(1);
    const { time, ...line } = JSON.parse(out.texts[0] ?? "");
    expect(line).to.deep.equal({ level: "info", requestId: "r1", tenant: "default", durationMs: 1.5, msg: "call" });
    expect(new Date(time).toISOString()).to.equal(time);
    expect(out.texts[0]?.endsWith("}\n")).to.equal(true);
  });

  it("writes an error with its stack and its causes", () => {
    const out = destination();
    const log = createLogger({ level: "info", destination: out });
    log.error({ err: new Error("outer", { cause: new Error("inner") }) }, "failed");
    const { err } = JSON.parse(out.texts[0] ?? "");
    expect(err.message).to.contain("outer").and.to.contain("inner");
    expect(err.stack).to.contain("create-logger.test");
  });

  it("writes for people on a terminal", () => {
    const out = { ...destination(), isTTY: true };
    const log = createLogger({ level: "info", destination: out, colour: false });
    log.warn({ path: "a b", port: 7000 }, "listening");
    expect(out.texts[0]).to.match(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}listening path="a b" port=7000\n$/);
  });

  it("colours on a terminal only when told so or not told otherwise", () => {
    const out = { ...destination(), isTTY: true };
    createLogger({ level: "info", destination: out, colour: true }).info({}, "x");
    expect(out.texts[0]).to.contain("\u001b[");
    const plain = destination();
    createLogger({ level: "info", destination: plain, format: "human" }).error({ err: new Error("broke") }, "x");
    expect(plain.texts[0]).not.to.contain("\u001b[");
    expect(plain.texts[0]).to.contain("\n  Error: broke\n");
  });
});
