import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { createRegistry, type DescFile, type DescMessage } from "@bufbuild/protobuf";
import { isReason, REASONS } from "@slipway/rpc";
import { expect } from "chai";

const proto = fileURLToPath(new URL("../../proto/", import.meta.url));
const CODES = new Set<string>(Object.values(REASONS).map(({ code }) => code));

/** `CODE (REASON, REASON: why, …)` in a comment. */
function promisesIn(comment: string): { code: string; reason: string }[] {
  const text = comment.replace(/\s*\/\/ ?/g, " ");
  return [...text.matchAll(/([A-Z_]+) \(([A-Z][^)]*)\)/g)].flatMap(([, code = "", list = ""]) =>
    CODES.has(code) ? [...list.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([reason]) => ({ code, reason })) : [],
  );
}

/** The promises in the comments above the calls of a file, with the full names of the calls' requests. */
function promisesOf(file: string): { code: string; reason: string; request: string }[] {
  const text = readFileSync(proto + file, "utf8");
  const calls = text.matchAll(/((?:^ *\/\/.*\n)+) *rpc \w+\((?:stream )?(\w+)\)/gm);
  return [...calls].flatMap(([, comment = "", request = ""]) =>
    promisesIn(comment).map((promise) => ({ ...promise, request: `${dirname(file).replaceAll("/", ".")}.${request}` })),
  );
}

/** Whether a message has a field at a path such as `header.sha256`. */
function hasField(message: DescMessage | undefined, path: string): boolean {
  const [name, ...rest] = path.split(".");
  const field = message?.fields.find((each) => each.name === name);
  return field !== undefined && (rest.length === 0 || hasField(field.message, rest.join(".")));
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

    it(`are about fields that the requests have: ${file}`, async () => {
      const generated = fileURLToPath(
        new URL(`../../libs/gen/src/${file.replace(/\.proto$/, "_pb.js")}`, import.meta.url),
      );
      const { [`file_${file.replace(/\.proto$/, "").replaceAll("/", "_")}`]: description } = await import(generated);
      const registry = createRegistry(description as DescFile);
      for (const { reason, request } of promisesOf(file)) {
        const definition = isReason(reason) ? REASONS[reason] : undefined;
        if (definition?.code !== "INVALID_ARGUMENT") continue;
        expect(definition.field, reason).not.to.equal("NONE");
        if (definition.field === "GIVEN") continue;
        const found = hasField(registry.getMessage(request), definition.field);
        expect(found, `${definition.field} of ${request} for ${reason}`).to.equal(true);
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
