/* One worker thread of a HashPool; worker-protocol.ts says what it understands. */
import { createHash, type Hash, hash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { type BuiltChunk, ChunkBuilder } from "./chunk-builder.ts";
import { ChunkMemory } from "./chunk-memory.ts";
import { readAndHash } from "./read-and-hash.ts";
import { slotBytes } from "./slots.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-protocol.ts";

type Job = ChunkBuilder | { sha256: Hash; sizeBytes: number } | "file";

const { slots } = workerData as WorkerStart;
const memory = new ChunkMemory();
const jobs = new Map<number, Job>();

parentPort?.on("message", handle);

function handle(message: ToWorker): void {
  if (message.kind === "reuse") memory.giveBack(message.buffer);
  else handleJob(message);
}

function handleJob(message: Exclude<ToWorker, { kind: "reuse" }>): void {
  const { kind, job } = message;
  if (kind === "cut") {
    for (const chunk of builderOf(job).add(bytesOf(message))) sendChunk(job, chunk);
    send({ kind: "slotDone" });
  } else if (kind === "cutEnd") {
    const last = builderOf(job).end();
    if (last !== undefined) sendChunk(job, last);
    send({ kind: "cutEnd", job });
  } else if (kind === "hash") {
    const state = hashOf(job);
    state.sha256.update(bytesOf(message));
    state.sizeBytes += message.length;
    send({ kind: "slotDone" });
  } else if (kind === "hashEnd") {
    const { sha256, sizeBytes } = hashOf(job);
    send({ kind: "hashEnd", job, sha256: sha256.digest("hex"), sizeBytes });
  } else if (kind === "hashBytes") {
    const { buffer, length } = message;
    send({ kind: "bytesHashed", job, sha256: hash("sha256", new Uint8Array(buffer, 0, length), "hex"), buffer }, [
      buffer,
    ]);
  } else if (kind === "hashFile") {
    void hashFile(job, message.path);
    return;
  }
  if (kind === "cutEnd" || kind === "hashEnd" || kind === "drop") jobs.delete(job);
}

/** Never rejects: whatever goes wrong is the answer. */
async function hashFile(job: number, path: string): Promise<void> {
  jobs.set(job, "file");
  try {
    const onRead = (bytes: number) => send({ kind: "read", job, bytes });
    const digest = await readAndHash(path, () => !jobs.has(job), onRead);
    send({ kind: "hashEnd", job, ...digest });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    send({ kind: "failed", job, message: error instanceof Error ? error.message : String(error), code });
  } finally {
    jobs.delete(job);
  }
}

function builderOf(job: number): ChunkBuilder {
  const known = jobs.get(job);
  if (known instanceof ChunkBuilder) return known;
  const builder = new ChunkBuilder(memory);
  jobs.set(job, builder);
  return builder;
}

function hashOf(job: number): { sha256: Hash; sizeBytes: number } {
  const known = jobs.get(job);
  if (known !== undefined && known !== "file" && !(known instanceof ChunkBuilder)) return known;
  const state = { sha256: createHash("sha256"), sizeBytes: 0 };
  jobs.set(job, state);
  return state;
}

function bytesOf({ slot, length }: { slot: number; length: number }): Buffer<SharedArrayBuffer> {
  return slotBytes(slots, slot).subarray(0, length);
}

function sendChunk(job: number, chunk: BuiltChunk): void {
  send({ kind: "chunk", job, ...chunk }, [chunk.buffer]);
}

function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
