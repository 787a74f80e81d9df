import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { pythonEnvironment } from "../python/environment.ts";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../", import.meta.url));

/** The include paths that the README gives. */
const INCLUDES = ["-I", "proto", "-I", "proto/third_party"];

describe("the contract for other languages", () => {
  let python: string;
  let folder: string;
  before(async function () {
    python = await pythonEnvironment({ test: this });
    folder = await mkdtemp(join(tmpdir(), "slipway-protoc-"));
  });
  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it("compiles with protoc from the repository's own files and nothing else", async () => {
    const files = [...globSync("proto/slipway/*/v1/*.proto", { cwd: repository }), "buf/validate/validate.proto"];
    const compiler = ["-m", "grpc_tools.protoc", ...INCLUDES, `--python_out=${folder}`, `--grpc_python_out=${folder}`];
    const { stderr } = await run(python, [...compiler, ...files], { cwd: repository });
    expect(stderr).to.equal("");
    const modules = globSync("slipway/*/v1/*_service_pb2_grpc.py", { cwd: folder });
    expect(modules).to.have.lengthOf(globSync("proto/slipway/*/v1/*_service.proto", { cwd: repository }).length);
    const imports = modules.map((file) => `import ${file.replace(/\.py$/, "").replaceAll("/", ".")}`).join("\n");
    await run(python, ["-c", imports], { cwd: folder });
  });

  it("has options for Go, Java and C#, and says what each service is for", async () => {
    const descriptors = join(folder, "all.binpb");
    const files = globSync("proto/slipway/*/v1/*.proto", { cwd: repository });
    const compiler = [
      "-m",
      "grpc_tools.protoc",
      ...INCLUDES,
      "--include_source_info",
      `--descriptor_set_out=${descriptors}`,
    ];
    await run(python, [...compiler, ...files], { cwd: repository });
    const script = `
import sys
from google.protobuf import descriptor_pb2
for file in descriptor_pb2.FileDescriptorSet.FromString(open(sys.argv[1], "rb").read()).file:
    for option in ("go_package", "java_package", "csharp_namespace"):
        if not file.options.HasField(option): print(file.name, "lacks", option)
    commented = {tuple(l.path) for l in file.source_code_info.location if l.leading_comments.strip()}
    for i, service in enumerate(file.service):
        if (6, i) not in commented: print(service.name, "lacks a comment")
`;
    const { stdout } = await run(python, ["-c", script, descriptors]);
    expect(stdout).to.equal("");
  });
});
