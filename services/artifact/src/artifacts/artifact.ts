import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Artifact, ArtifactSchema, ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { fail } from "@slipway/rpc";

/** How long an artifact without a reference is kept. */
export const UNREFERENCED_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** How long it stays at least for a holder that is about to exist: longer than any call takes. */
const STAYS_FOR_HOLDER_MS = 12 * 60 * 60 * 1000;

/** Files in one stored page at most … */
export const MAX_FILES_A_PAGE = 4096;
/** … and bytes of their paths, so that the page stays below the store's 8 MiB however they are escaped. */
const MAX_PATH_BYTES_A_PAGE = 1024 * 1024;

/** One file of an artifact. */
export interface ArtifactFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

/** An artifact as it is stored. */
export interface ArtifactRecord {
  tenantUid: string;
  revision: number;
  /** Identity for events; the digest is its name. */
  uid: string;
  /** Without expire_time, which depends on the references. */
  artifact: Artifact;
  /** Names the pages of its files: the uid of the upload that made it. */
  pagesUid: string;
  /** Path of the first file of each page. */
  pageFirstPaths: string[];
  /** Without a reference it is kept until then. */
  keepUntilMs: number;
  /** A reference was seen that only its release ends: the collector does not look at it until then. */
  isHeld: boolean;
  /** The collector is about to remove it: whoever wants it writes it anew, so that one of them wins. */
  isCondemned: boolean;
}

/** A new artifact whose files the service proved. */
export function provenArtifact(
  tenantUid: string,
  uid: string,
  nowMs: number,
  content: Omit<MessageInitShape<typeof ArtifactSchema>, "$typeName"> & { digest: string },
  pages: Pick<ArtifactRecord, "pagesUid" | "pageFirstPaths">,
): ArtifactRecord {
  const artifact = create(ArtifactSchema, {
    ...content,
    name: `artifacts/${content.digest}`,
    state: ArtifactState.READY,
    createTime: timestampFromMs(nowMs),
  });
  const keepUntilMs = nowMs + UNREFERENCED_LIFETIME_MS;
  return { tenantUid, revision: 0, uid, artifact, ...pages, keepUntilMs, isHeld: false, isCondemned: false };
}

/**
 * What another proven upload of the same digest makes of an artifact: READY whatever it was, and kept for another
 * while. A failed upload never comes here, so it never touches one that is READY.
 */
export function provenAgain(record: ArtifactRecord, nowMs: number): ArtifactRecord {
  return keptLonger({ ...record, artifact: { ...record.artifact, state: ArtifactState.READY } }, nowMs);
}

/** The artifact, kept for another while should nothing hold it; the collector looks at it again then. */
export function keptLonger(record: ArtifactRecord, nowMs: number): ArtifactRecord {
  const keepUntilMs = Math.max(record.keepUntilMs, nowMs + UNREFERENCED_LIFETIME_MS);
  return { ...record, keepUntilMs, isHeld: false, isCondemned: false };
}

/** Whether it stays long enough for a holder that is about to exist, so that nothing need be written for that. */
export function staysForHolder({ isHeld, isCondemned, keepUntilMs }: ArtifactRecord, nowMs: number): boolean {
  // What is held lives on for a day when the last one gives it up.
  return !isCondemned && (isHeld || keepUntilMs - nowMs >= STAYS_FOR_HOLDER_MS);
}

/** The artifact as clients see it. */
export function artifactOf({ artifact, keepUntilMs }: ArtifactRecord, isReferenced: boolean): Artifact {
  return isReferenced ? artifact : { ...artifact, expireTime: timestampFromMs(keepUntilMs) };
}

/** Refuses with ARTIFACT_NOT_READY what is not proven. */
export function checkReady({ artifact }: ArtifactRecord): void {
  if (artifact.state === ArtifactState.READY) return;
  throw fail("ARTIFACT_NOT_READY", { name: artifact.name, state: ArtifactState[artifact.state] });
}

/** Cuts sorted files into pages as they are stored. */
export function* filePages(files: readonly ArtifactFile[]): Iterable<ArtifactFile[]> {
  let page: ArtifactFile[] = [];
  let pathBytes = 0;
  for (const file of files) {
    const addedBytes = Buffer.byteLength(file.path);
    if (page.length === MAX_FILES_A_PAGE || (page.length > 0 && pathBytes + addedBytes > MAX_PATH_BYTES_A_PAGE)) {
      yield page;
      page = [];
      pathBytes = 0;
    }
    page.push(file);
    pathBytes += addedBytes;
  }
  if (page.length > 0) yield page;
}

/** Number of the page that has the path if any has; −1 when it sorts before all. Paths compare by UTF-8 bytes. */
export function pageOfPath({ pageFirstPaths }: ArtifactRecord, path: string): number {
  const wanted = Buffer.from(path);
  let low = -1;
  let high = pageFirstPaths.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (Buffer.compare(Buffer.from(pageFirstPaths[middle] as string), wanted) <= 0) low = middle;
    else high = middle;
  }
  return low;
}
