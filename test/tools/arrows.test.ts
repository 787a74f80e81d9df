import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the workspaces of the temporary tree may import of each other. */
const WORKSPACES: Record<string, { exports: Record<string, string>; dependencies: string[] }> = {
  "libs/runtime": { exports: { ".": "./src/index.ts" }, dependencies: [] },
  "libs/rpc": { exports: { ".": "./src/index.ts" }, dependencies: ["@slipway/runtime"] },
  "libs/documents": {
    exports: { ".": "./src/index.ts", "./sqlite": "./src/sqlite.ts" },
    dependencies: ["@slipway/runtime"],
  },
  "libs/hosting": { exports: { ".": "./src/index.ts" }, dependencies: ["@slipway/documents"] },
  "libs/client": { exports: { ".": "./src/index.ts" }, dependencies: ["@slipway/metadata", "@slipway/documents"] },
  "services/artifact": {
    exports: { ".": "./src/index.ts" },
    dependencies: ["@slipway/documents", "@slipway/metadata", "@slipway/rpc"],
  },
  "services/metadata": {
    exports: { ".": "./src/index.ts" },
    dependencies: ["@slipway/documents", "@slipway/hosting", "@slipway/rpc"],
  },
  "services/standalone": {
    exports: { ".": "./src/index.ts" },
    dependencies: ["@slipway/documents", "@slipway/hosting", "@slipway/metadata", "@slipway/artifact"],
  },
  test: { exports: {}, dependencies: ["@slipway/metadata"] },
};

const FEATURE = "services/metadata/src/models";

/** One violation for each rule: the file and what it imports. */
const VIOLATIONS: [rule: string, file: string, imports: string][] = [
  ["could-not-resolve", "libs/rpc/src/unresolved.ts", "@slipway/absent"],
  ["no-cycles", "libs/rpc/src/cycle-back.ts", "./cycle.ts"],
  ["listed-workspaces-only", "libs/runtime/src/upwards.ts", "@slipway/rpc"],
  ["listed-packages-only", "libs/rpc/src/unlisted.ts", "unlisted"],
  ["other-workspaces-by-name", "libs/rpc/src/shortcut.ts", "../../runtime/src/index.ts"],
  ["libraries-never-import-services", "libs/client/src/service.ts", "@slipway/metadata"],
  ["services-never-import-each-other", "services/artifact/src/uploads/upload.ts", "@slipway/metadata"],
  ["applications-from-roots-only", `${FEATURE}/composed.ts`, "../app.ts"],
  ["adapters-from-hosting-only", `${FEATURE}/adapter-store.ts`, "@slipway/documents/sqlite"],
  ["adapters-from-hosting-only", "libs/client/src/adapter.ts", "@slipway/documents/sqlite"],
  ["adapters-from-hosting-only", "services/standalone/src/adapters.ts", "@slipway/documents/sqlite"],
  ["adapters-from-hosting-only", "libs/documents/src/barrel.ts", "./sqlite.ts"],
  ["hosting-from-roots-only", `${FEATURE}/hosting.ts`, "@slipway/hosting"],
  ["service-to-rules-and-stores", `${FEATURE}/calls-service.ts`, "./model-service.ts"],
  ["service-to-rules-and-stores", `${FEATURE}/reads-service.ts`, "@slipway/documents"],
  ["store-to-rules-and-documents", `${FEATURE}/upward-store.ts`, "./model-service.ts"],
  ["work-below-handlers", `${FEATURE}/purge-worker.ts`, "./model-service.ts"],
  ["rules-to-rules", `${FEATURE}/storing.ts`, "./model-store.ts"],
  ["rules-to-rules", `${FEATURE}/querying.ts`, "@slipway/documents"],
  ["rules-to-rules", `${FEATURE}/reading.ts`, "node:fs/promises"],
  ["no-tests-in-code", `${FEATURE}/tested.ts`, "./model.test.ts"],
];

/** What must stay possible: the file and what it imports. */
const ALLOWED: [file: string, imports: string][] = [
  ["libs/rpc/src/index.ts", "@slipway/runtime"],
  [`${FEATURE}/model-service.ts`, "./model-store.ts"],
  [`${FEATURE}/model-store.ts`, "@slipway/documents"],
  [`${FEATURE}/expiry-worker.ts`, "./model-store.ts"],
  [`${FEATURE}/model-name.ts`, "./model.ts"],
  [`${FEATURE}/model.test.ts`, "@slipway/documents/sqlite"],
  ["services/metadata/src/app.ts", "./models/model-service.ts"],
  ["services/metadata/src/index.ts", "./app.ts"],
  ["libs/hosting/src/engines.ts", "@slipway/documents/sqlite"],
  ["services/metadata/src/main.ts", "@slipway/hosting"],
  ["services/standalone/src/all.ts", "@slipway/metadata"],
  ["services/standalone/src/process.ts", "@slipway/hosting"],
  ["test/integration/whole.test.ts", "@slipway/metadata"],
];

/** Writes a small copy of the house, whose files only import, and returns "rule file" for each violation found. */
async function violationsIn(folder: string, files: [string, string][]): Promise<string[]> {
  const write = async (path: string, text: string) => {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  for (const name of [".dependency-cruiser.cjs", "tsconfig.json", "tsconfig.base.json"]) {
    await cp(join(root, name), join(folder, name));
  }
  await write("package.json", JSON.stringify({ workspaces: ["libs/*", "services/*", "test"], devDependencies: {} }));
  await write("node_modules/unlisted/package.json", JSON.stringify({ name: "unlisted", main: "index.js" }));
  await write("node_modules/unlisted/index.js", "");
  await mkdir(join(folder, "node_modules/@slipway"));
  for (const [path, { exports, dependencies }] of Object.entries(WORKSPACES)) {
    const name = `@slipway/${path.slice(path.indexOf("/") + 1)}`;
    const listed = Object.fromEntries(dependencies.map((dependency) => [dependency, "0.1.0"]));
    await write(`${path}/package.json`, JSON.stringify({ name, type: "module", exports, dependencies: listed }));
    for (const file of Object.values(exports)) await write(join(path, file), "export {};\n");
    await symlink(join(folder, path), join(folder, "node_modules", name));
  }
  await write(`${FEATURE}/model.ts`, "export {};\n");
  await write("libs/rpc/src/cycle.ts", 'import "./cycle-back.ts";\n');
  for (const [file, imports] of files) await write(file, `import "${imports}";\n`);

  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, "node_modules/.bin/depcruise"), "--output-type=json", "libs", "services", "test"],
    { cwd: folder, maxBuffer: 1 << 24 },
  );
  const report = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } };
  return report.summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
}

describe("The arrows between files", () => {
  let folder: string;
  let found: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-arrows-"));
    found = await violationsIn(folder, [
      ...ALLOWED,
      ...VIOLATIONS.map(([, file, imports]) => [file, imports] as [string, string]),
    ]);
  });
  after(() => rm(folder, { recursive: true }));

  for (const [rule, file, imports] of VIOLATIONS) {
    it(`${rule}: refuses ${imports} in ${file}`, () => {
      expect(found).to.include(`${rule} ${file}`);
    });
  }

  for (const [file, imports] of ALLOWED) {
    it(`accepts ${imports} in ${file}`, () => {
      expect(found.filter((violation) => violation.endsWith(` ${file}`))).to.deep.equal([]);
    });
  }

  it("proves every rule", async () => {
    const { default: configuration } = (await import(join(root, ".dependency-cruiser.cjs"))) as {
      default: { forbidden: { name: string }[] };
    };
    const proven = new Set(VIOLATIONS.map(([rule]) => rule));
    expect(configuration.forbidden.map(({ name }) => name).filter((name) => !proven.has(name))).to.deep.equal([]);
  });
});
