import { readFile, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { TemporaryProject } from "./temporary-project.ts";

interface LockFile {
  packages: Record<string, Record<string, unknown>>;
}

describe("scripts/complete-lock.ts", () => {
  let project: TemporaryProject;
  const complete = (...args: string[]) => project.run(process.execPath, "scripts/complete-lock.ts", ...args);
  const read = async () => JSON.parse(await readFile(project.path("package-lock.json"), "utf8")) as LockFile;
  const write = (lock: LockFile) => writeFile(project.path("package-lock.json"), JSON.stringify(lock));

  beforeEach(async () => {
    project = await TemporaryProject.of("scripts/complete-lock.ts", "package-lock.json", "package.json");
  });
  afterEach(() => project.remove());

  it("adds the entries of binaries for other platforms, read from their names", async () => {
    const lock = await read();
    delete lock.packages["node_modules/@biomejs/cli-linux-arm64-musl"];
    delete lock.packages["node_modules/@bufbuild/buf-linux-aarch64"];
    await write(lock);

    expect((await complete("--check")).exitCode).to.equal(1);
    expect(await read()).to.deep.equal(lock);
    expect((await complete()).exitCode).to.equal(0);
    const { packages } = await read();
    expect(packages["node_modules/@biomejs/cli-linux-arm64-musl"]).to.deep.include({
      cpu: ["arm64"],
      libc: ["musl"],
      os: ["linux"],
      optional: true,
    });
    expect(packages["node_modules/@bufbuild/buf-linux-aarch64"]).to.deep.include({ cpu: ["arm64"], os: ["linux"] });
    expect((await complete("--check")).exitCode).to.equal(0);
  });

  it("accepts a binary locked beside its owner, and refuses a name that tells no platform", async () => {
    const packages = {
      "node_modules/a": {},
      "node_modules/a/node_modules/b": { optionalDependencies: { "c-linux-x64": "1.0.0" } },
      "node_modules/a/node_modules/c-linux-x64": {},
    };
    await write({ packages });
    expect((await complete("--check")).exitCode).to.equal(0);
    await write({ packages: { ...packages, "node_modules/d": { optionalDependencies: { mystery: "1.0.0" } } } });
    const { exitCode, stderr } = await complete();
    expect(exitCode).to.equal(1);
    expect(stderr).to.contain("mystery@1.0.0");
  });
});
