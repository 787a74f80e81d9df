import type { Progress } from "@slipway/client";
import { expect } from "chai";
import { progressBar } from "./progress-bar.ts";

const MIB = 1024 * 1024;

/** What the bar writes when progress is reported at these times. */
function written(
  stream: { isTTY: boolean; columns?: number },
  ...reports: [atMs: number, Partial<Progress>][]
): string {
  let text = "";
  let nowMs = 0;
  const stderr = { ...stream, write: (piece: string) => (text += piece) };
  const terminal = { stdout: stderr, stderr, env: { NO_COLOR: "1" }, signal: new AbortController().signal };
  const bar = progressBar(terminal, () => nowMs);
  for (const [atMs, progress] of reports) {
    nowMs = atMs;
    bar.onProgress({ phase: "sending", doneBytes: 0, skippedBytes: 0, totalBytes: 100 * MIB, ...progress });
  }
  bar.finish();
  return text;
}

describe("The progress bar", () => {
  it("is one line on a terminal, drawn again, with rate and time left", () => {
    const text = written(
      { isTTY: true, columns: 80 },
      [0, {}],
      [1000, { doneBytes: 25 * MIB }],
      [2000, { doneBytes: 50 * MIB }],
      [4000, { doneBytes: 100 * MIB }],
    );
    expect(text.split("\r\x1b[2K")).to.deep.equal([
      "",
      `${"█".repeat(6)}${"░".repeat(18)} Sending 25% of 100 MiB, 25.0 MiB/s, 3 s left`,
      `${"█".repeat(12)}${"░".repeat(12)} Sending 50% of 100 MiB, 25.0 MiB/s, 2 s left`,
      `${"█".repeat(24)} Sending 100% of 100 MiB, 25.0 MiB/s\n`,
    ]);
  });

  it("is drawn ten times a second at most, and not at all for what is over at once", () => {
    expect(written({ isTTY: true }, [0, {}], [200, { doneBytes: 100 * MIB }])).to.equal("");
    const reports = Array.from({ length: 1000 }, (_, n): [number, object] => [n, { doneBytes: n }]);
    expect(written({ isTTY: true }, ...reports).split("\r").length - 1).to.equal(7);
  });

  it("counts what needed no work as done, but not into the rate", () => {
    const resumed = { skippedBytes: 50 * MIB, doneBytes: 60 * MIB };
    expect(written({ isTTY: true }, [0, {}], [1000, resumed])).to.contain("60% of 100 MiB, 10.0 MiB/s, 4 s left");
    const nothing = { skippedBytes: 100 * MIB, doneBytes: 100 * MIB };
    expect(written({ isTTY: true }, [0, {}], [1000, nothing])).to.contain("Sending 100% of 100 MiB\n");
  });

  for (const columns of [10, 30, 45, 60, 80, 200]) {
    it(`fits into ${columns} columns`, () => {
      const text = written(
        { isTTY: true, columns },
        [0, {}],
        [7000, { doneBytes: 1 }],
        [8000, { doneBytes: 99 * MIB }],
      );
      for (const line of text.trimEnd().split("\r\x1b[2K")) expect(line.length).to.be.below(columns);
    });
  }

  it("is a plain line every five seconds elsewhere", () => {
    const reports = Array.from({ length: 13 }, (_, n): [number, object] => [n * 1000, { doneBytes: n * MIB }]);
    expect(written({ isTTY: false }, ...reports)).to.equal(
      "Sending 5% of 100 MiB, 1.0 MiB/s, 1 min 35 s left\nSending 10% of 100 MiB, 1.0 MiB/s, 1 min 30 s left\n",
    );
  });
});
