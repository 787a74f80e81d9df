import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isReason, REASONS } from "@slipway/rpc";
import { expect } from "chai";

const proto = fileURLToPath(new URL("../../proto/", import.meta.url));
const CODES = new Set<string>(Object.values(REASONS).map(({ code }) => code));

/** `CODE (REASON, REASON: why, …)` in the comments above the calls. */
function promisesOf(file: string): { code: string; reason: string }[] {
  const comments = readFileSync(proto + file, "utf8")
    .split("\n")
    .filter((line) => line.trim().startsWith("//"))
    .map((line) => line.trim().slice(2).trim())
    .join(" ");
  return [...comments.matchAll(/([A-Z_]+) \(([A-Z][^)]*)\)/g)].flatMap(([, code = "", list = ""]) =>
    CODES.has(code) ? [...list.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([reason]) => ({ code, reason })) : [],
  );
}

describe("the errors that the proto promises", () => {
  const files = globSync("slipway/*/v1/*_service.proto", { cwd: proto });

  it("are found", () => {
    expect(files.flatMap(promisesOf)).to.have.length.above(50);
  });

  for (const file of files) {
    it(`are registered with the same code: ${file}`, () => {
      for (const { code, reason } of promisesOf(file)) {
        if (reason === code) continue;
        expect(isReason(reason), `${reason} is not registered`).to.equal(true);
        if (isReason(reason)) expect(REASONS[reason].code, reason).to.equal(code);
      }
    });
  }
});

describe("the register of reasons", () => {
  it("has none that nothing gives", () => {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const code = globSync("{libs,services}/*/src/**/*.ts", { cwd: root })
      .filter((file) => !file.endsWith(".test.ts") && !file.startsWith("libs/rpc/src/reasons/"))
      .map((file) => readFileSync(root + file, "utf8"))
      .join("\n");
    expect(Object.keys(REASONS).filter((reason) => !code.includes(`"${reason}"`))).to.deep.equal([]);
  });
});
