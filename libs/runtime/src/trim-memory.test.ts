import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { trimWhenQuiet } from "./trim-memory.ts";

describe("trimming memory", () => {
  it("gives back what died, once the process is quiet", async () => {
    const entries = 4_000_000;
    let much: object[] | undefined = Array.from({ length: entries }, (_, index) => ({ index }));
    expect(much).to.have.length(entries);
    const { heapTotal } = process.memoryUsage();
    much = undefined;
    using _ = trimWhenQuiet();
    while (process.memoryUsage().heapTotal > heapTotal - entries * 8) await pause(20);
  });
});
