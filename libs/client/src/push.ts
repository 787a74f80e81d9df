import { randomUUID } from "node:crypto";
import { getOption } from "@bufbuild/protobuf";
import {
  artifactDigest,
  createHashPool,
  encodeManifest,
  hashSourceFiles,
  type ManifestFile,
  type SourceFile,
  scan,
} from "@slipway/chunking";
import type { WhoAmIResponse } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { Role, rule } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import {
  type Bump,
  type NumberDecision,
  type Version,
  VersionState,
} from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { fail, RpcError } from "@slipway/rpc";
import { waitForAdmission } from "./admission.ts";
import { ClientError } from "./client-error.ts";
import type { Connection } from "./connection.ts";
import { type OnProgress, ProgressMeter } from "./progress.ts";
import { PushJournal } from "./push-journal.ts";
import { type HashedFile, resumableFiles, uploadFiles } from "./upload.ts";

export interface PushOptions {
  /** Folder or single file. */
  path: string;
  /** Name of the model; made when there is none. */
  model: string;
  /** An exact number, or which part goes up; default: what the comparison of signatures asks for. */
  numbering?: { case: "number"; value: string } | { case: "bump"; value: Bump } | undefined;
  /** The version whose line is continued. */
  base?: string | undefined;
  description?: string | undefined;
  author?: string | undefined;
  tags?: Record<string, string> | undefined;
  labels?: string[] | undefined;
  /** Make a version also when the model's newest has the same files. */
  force?: boolean | undefined;
  /** Return as soon as the version exists, without waiting for its admission. */
  noWait?: boolean | undefined;
  /** Where unfinished pushes are remembered. */
  stateFolder: string;
  onProgress?: OnProgress | undefined;
  /** Called with the version once it exists, when its admission is waited for. */
  onWaiting?: ((version: Version) => void) | undefined;
  signal: AbortSignal;
}

export interface PushResult {
  version: Version;
  decision: NumberDecision | undefined;
  /** The model's newest version has these files already; nothing was made. */
  unchanged: boolean;
  /** Bytes that travelled. */
  uploadedBytes: number;
  /** Bytes that were new to the server's store. */
  storedBytes: number;
  /** The rest of the artifact: the store had it. */
  reusedBytes: number;
}

/**
 * Takes a folder to a version: hash, send what is missing, complete, create the version, wait for its admission. Cut
 * anywhere, calling it again goes on where it was. Throws ClientError, ManifestError (files that cannot be pushed) or
 * RpcError; a rejected version is a result, not an error.
 */
export async function push(connection: Connection, options: PushOptions): Promise<PushResult> {
  const { model, signal } = options;
  const found = await scan(options.path);
  const parent = `models/${model}`;
  const me = await connection.access.whoAmI({}, { signal });
  checkRole(me);
  const missing = await isMissing(connection, parent, signal);
  const files = await hashedFiles(found, options);
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const digest = artifactDigest(encodeManifest(files));

  const { numbering, base, force, description, author, tags, labels } = options;
  const wanted = { numbering, base, force, description, author, tags, labels };
  const journal = new PushJournal(options.stateFolder, [connection.url, me.tenantUid, model, digest, wanted]);
  const { upload, requestId } = await openUpload(connection, journal, signal);

  const meter = new ProgressMeter("sending", totalBytes, options.onProgress);
  const { uploadedBytes, storedBytes } = await uploadFiles(connection, upload, files, meter, signal);
  const { artifact } = await connection.uploads.completeUpload({ upload, artifactDigest: digest }, { signal });
  if (artifact === undefined) throw new ClientError("The server answered without an artifact. Is it a Slipway server?");
  if (missing) await ensureModel(connection, parent, signal);
  const created = await connection.versions.createVersion(
    {
      parent,
      artifact: artifact.name,
      numbering: numbering ?? { case: undefined },
      base: base ?? "",
      description: description ?? "",
      author: author ?? "",
      tags: tags ?? {},
      labels: labels ?? [],
      requestId,
      unlessUnchanged: force !== true,
    },
    { signal },
  );
  if (created.version === undefined)
    throw new ClientError("The server answered without a version. Is it a Slipway server?");
  let { version } = created;
  if (options.noWait !== true && version.state === VersionState.VALIDATING) {
    options.onWaiting?.(version);
    version = await waitForAdmission(connection, version.name, signal);
  }
  await journal.forget();
  const { decision, unchanged } = created;
  return { version, decision, unchanged, uploadedBytes, storedBytes, reusedBytes: totalBytes - storedBytes };
}

/** Throws ROLE_REQUIRED, as CreateVersion would after the upload, before anything is read or sent. */
function checkRole({ role, principal }: WhoAmIResponse): void {
  const method = VersionService.method.createVersion;
  const required = getOption(method, rule).minimumRole;
  if (role >= required) return;
  const [needed, has] = [required, role].map((each) => Role[each].toLowerCase()) as [string, string];
  throw fail("ROLE_REQUIRED", { method: method.name, required: needed, principal, role: has });
}

/** Whether there is no such model. Throws when there cannot be one, or it is deleted, before anything is read or sent. */
async function isMissing({ models }: Connection, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { model } = await models.getModel({ name }, { signal });
    if (model?.deleteTime !== undefined) throw fail("MODEL_DELETED", { name });
    return false;
  } catch (error) {
    if (error instanceof RpcError && error.reason === "MODEL_NOT_FOUND") return true;
    throw error;
  }
}

/** Makes the model, at the last moment: a push that fails before that leaves no empty one. */
async function ensureModel({ models }: Connection, name: string, signal: AbortSignal): Promise<void> {
  try {
    await models.createModel({ model: { name } }, { signal });
  } catch (error) {
    if (!(error instanceof RpcError && error.reason === "MODEL_EXISTS")) throw error;
  }
}

async function hashedFiles(found: SourceFile[], { onProgress, signal }: PushOptions): Promise<HashedFile[]> {
  const totalBytes = found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const meter = new ProgressMeter("hashing", totalBytes, onProgress);
  const pool = createHashPool();
  try {
    const hashed = await hashSourceFiles(found, pool, { signal, onRead: (bytes) => meter.add(bytes) });
    return found.map((file, index) => ({ ...file, ...(hashed[index] as ManifestFile) }));
  } finally {
    await pool.close();
  }
}

async function openUpload(connection: Connection, journal: PushJournal, signal: AbortSignal) {
  const earlier = await journal.read();
  if (earlier !== undefined && (await resumableFiles(connection, earlier.upload, signal)) !== undefined) return earlier;
  const { upload } = await connection.uploads.startUpload({}, { signal });
  const record = { upload: upload?.name ?? "", requestId: earlier?.requestId ?? randomUUID() };
  await journal.write(record);
  return record;
}
