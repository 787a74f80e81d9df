import { type FileHandle, open } from "node:fs/promises";
import { resolveRange } from "../object-key.ts";
import { type ByteRange, MAX_PIECE_BYTES } from "../object-store.ts";
import { ObjectStoreError } from "../object-store-error.ts";
import { systemCode, translateError } from "./translate-error.ts";

/** The range of the object at `path` in pieces; `key` is for messages. Errors are those of the port's `get`. */
export async function* readPieces(key: string, path: string, range?: ByteRange): AsyncGenerator<Uint8Array, void> {
  try {
    await using handle = await openObject(key, path);
    const { offset, length } = resolveRange(key, range, (await handle.stat()).size);
    for (let done = 0; done < length; done += MAX_PIECE_BYTES) {
      yield await readExactly(handle, key, offset + done, Math.min(MAX_PIECE_BYTES, length - done));
    }
  } catch (error) {
    throw translateError(error, `read the object ${key}`);
  }
}

/** As `readPieces`, in one piece. */
export async function readWhole(key: string, path: string, range?: ByteRange): Promise<Uint8Array> {
  await using handle = await openObject(key, path);
  const { offset, length } = resolveRange(key, range, (await handle.stat()).size);
  return await readExactly(handle, key, offset, length);
}

async function openObject(key: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new ObjectStoreError("NOT_FOUND", `There is no object ${key}.`);
  }
}

async function readExactly(handle: FileHandle, key: string, position: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) {
      throw new ObjectStoreError(
        "UNAVAILABLE",
        `The object ${key} ended at byte ${position + filled} while it was read.`,
      );
    }
    filled += bytesRead;
  }
  return bytes;
}
