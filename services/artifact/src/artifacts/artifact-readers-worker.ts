import type { FileReader } from "@slipway/formats";
import type { FileBytes } from "../recipes/file-bytes-worker.ts";
import type { ArtifactFile } from "./artifact.ts";
import type { ArtifactBytesWorker } from "./artifact-bytes-worker.ts";

/** Files that are kept open at once: a reader looks into few at a time, and each holds a page of its recipe. */
const MAX_OPEN = 8;

/**
 * Readers of files for libs/formats; each file is opened when it is first read. `artifact` is the name for errors.
 */
export function artifactReaders(
  bytes: ArtifactBytesWorker,
  tenantUid: string,
  artifact: string,
  files: readonly ArtifactFile[],
): FileReader[] {
  const opened = new Map<string, Promise<FileBytes>>();
  const open = (file: ArtifactFile): Promise<FileBytes> => {
    const known = opened.get(file.path);
    if (known !== undefined) return known;
    const [oldest] = opened.keys();
    if (opened.size >= MAX_OPEN && oldest !== undefined) opened.delete(oldest);
    const opening = bytes.open(tenantUid, artifact, file);
    opened.set(file.path, opening);
    return opening;
  };
  return files.map((file) => ({
    path: file.path,
    sizeBytes: file.sizeBytes,
    read: async (offset, length) => (await open(file)).read(offset, length),
  }));
}
