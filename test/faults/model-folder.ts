import { createCipheriv, createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ONNX = fileURLToPath(new URL("../../examples/iris/model.onnx", import.meta.url));

/** Bytes that look random, the same for the same seed. */
function seededBytes(seed: string, sizeBytes: number): Buffer {
  const key = createHash("sha256").update(seed).digest();
  const cipher = createCipheriv("aes-128-ctr", key.subarray(0, 16), key.subarray(16));
  return cipher.update(Buffer.alloc(sizeBytes));
}

/** A safetensors file with one tensor of seeded numbers. */
function safetensors(seed: string, numbers: number): Buffer {
  const header = { weights: { dtype: "F32", shape: [numbers], data_offsets: [0, numbers * 4] } };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, seededBytes(seed, numbers * 4)]);
}

/** A model of three files in two folders: a graph in ONNX, weights in safetensors, a card. The seed tells them apart. */
export async function writeModelFolder(folder: string, seed: string, weightsBytes: number): Promise<void> {
  await mkdir(join(folder, "weights"), { recursive: true });
  await copyFile(ONNX, join(folder, "model.onnx"));
  await writeFile(join(folder, "weights", "model.safetensors"), safetensors(seed, Math.ceil(weightsBytes / 4)));
  await writeFile(join(folder, "README.md"), `---\nlicense: mit\n---\n# ${seed}\n`);
}

/** SHA-256 of every file under a folder by its path, to compare folders with. */
export async function digestsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const digests = paths.sort().map(async (path) => {
    const digest = createHash("sha256").update(await readFile(path));
    return [path.slice(folder.length + 1), digest.digest("hex")] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}
