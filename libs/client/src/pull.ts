import { mkdir, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { artifactDigest, createHashPool, encodeManifest, type HashPool } from "@slipway/chunking";
import type { File } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import type { Version } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import pLimit from "p-limit";
import { ClientError } from "./client-error.ts";
import type { Connection } from "./connection.ts";
import { type OnProgress, ProgressMeter } from "./progress.ts";
import { PARTIAL_FOLDER, receiveFile } from "./receive-file.ts";
import { parseReference } from "./reference.ts";

export interface PullOptions {
  /** `iris@production`, a resource name, or a version's URL. */
  reference: string;
  /** Folder to put the files in; default `./{model}-{number}`. */
  destination?: string | undefined;
  /** Replace files that are there with other content. */
  force?: boolean | undefined;
  /** Take quarantined files too (administrators). */
  allowDangerous?: boolean | undefined;
  /** Told once, before anything travels: what the reference means. */
  onVersion?: ((version: Version) => void) | undefined;
  onProgress?: OnProgress | undefined;
  signal: AbortSignal;
}

export interface PullResult {
  version: Version;
  destination: string;
  files: number;
  /** Bytes that travelled. */
  downloadedBytes: number;
  /** Bytes that were here already, verified. */
  reusedBytes: number;
}

const FILES_AT_ONCE = 4;

/**
 * Brings a version's files into a folder, each verified before it stands under its name. Cut anywhere, calling it again
 * goes on where it was. Throws ClientError or RpcError.
 */
export async function pull(connection: Connection, options: PullOptions): Promise<PullResult> {
  const { signal } = options;
  const { model, parent, selector } = parseReference(options.reference);
  const { version } = await connection.versions.resolveVersion({ model: parent, selector }, { signal });
  if (version === undefined) throw new ClientError("The server answered without a version. Is it a Slipway server?");
  options.onVersion?.(version);
  const files = await verifiedList(connection, version.artifact, signal);
  const destination = options.destination ?? join(".", `${model}-${version.number}`);

  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + Number(sizeBytes), 0);
  const meter = new ProgressMeter("receiving", totalBytes, options.onProgress);
  const pool = createHashPool();
  const wanted = await filesToReceive(files, destination, options, pool, (bytes) => meter.skip(bytes)).finally(() =>
    pool.close(),
  );
  await mkdir(join(destination, PARTIAL_FOLDER), { recursive: true });
  const limit = pLimit(FILES_AT_ONCE);
  const stop = new AbortController();
  const together = AbortSignal.any([signal, stop.signal]);
  const receiving = wanted.map((file) =>
    limit(async () => {
      together.throwIfAborted();
      return receiveFile(connection, {
        artifact: version.artifact,
        file,
        destination,
        allowDangerous: options.allowDangerous ?? false,
        meter,
        signal: together,
      });
    }),
  );
  let downloadedBytes = 0;
  try {
    for (const bytes of await Promise.all(receiving)) downloadedBytes += bytes;
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(receiving);
    // What came stays for the next try; where nothing came, no trace stays.
    await removeIfEmpty(join(destination, PARTIAL_FOLDER));
    await removeIfEmpty(destination);
    throw error;
  }
  await removeIfEmpty(join(destination, PARTIAL_FOLDER));
  return { version, destination, files: files.length, downloadedBytes, reusedBytes: totalBytes - downloadedBytes };
}

/** The files of an artifact; they must be what its digest says, so no server can slip in a path or a file. */
async function verifiedList({ artifacts }: Connection, artifact: string, signal: AbortSignal): Promise<File[]> {
  const files: File[] = [];
  let pageToken = "";
  do {
    const page = await artifacts.listFiles({ artifact, pageToken }, { signal });
    files.push(...page.files);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  const manifest = files.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes: Number(sizeBytes), sha256 }));
  if (!artifact.endsWith(`artifacts/${artifactDigest(encodeManifest(manifest))}`)) {
    throw new ClientError(`The server's list of files is not that of ${artifact}. Do not use this server.`);
  }
  return files;
}

async function filesToReceive(
  files: readonly File[],
  destination: string,
  { force, signal }: PullOptions,
  pool: HashPool,
  onPresent: (bytes: number) => void,
): Promise<File[]> {
  const wanted: File[] = [];
  for (const file of files) {
    const absolutePath = join(destination, ...file.path.split("/"));
    const found = await stat(absolutePath).catch(() => undefined);
    if (found === undefined) {
      wanted.push(file);
      continue;
    }
    const same =
      found.isFile() &&
      found.size === Number(file.sizeBytes) &&
      (await pool.hashFile(absolutePath, { signal })).sha256 === file.sha256;
    if (same) onPresent(found.size);
    else if (force === true && found.isFile()) wanted.push(file);
    else {
      throw new ClientError(`${absolutePath} exists with other content. Use --force to replace it, or another folder.`);
    }
  }
  return wanted;
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOTEMPTY" && code !== "ENOENT") throw error;
  }
}
