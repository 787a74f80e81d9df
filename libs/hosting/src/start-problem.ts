import { DocumentStoreError } from "@slipway/documents";
import { ObjectStoreError } from "@slipway/objects";
import { ConfigurationError } from "@slipway/runtime";
import { FolderInUse } from "./folder-lock.ts";

/** What the operating system says about the address; grpc-js puts it into the text of an error of its own. */
const LISTEN_ERROR = /listen (EADDRINUSE|EACCES|EADDRNOTAVAIL)\b[^\]]* (\S+?)\]?$/;

const REMEDIES: Readonly<Record<string, (address: string) => string>> = {
  EADDRINUSE: (address) =>
    `Another program listens on ${address}. Stop it, or set SLIPWAY_LISTEN to another address, such as 127.0.0.1:7100.`,
  EACCES: (address) => `This user may not listen on ${address}. Set SLIPWAY_LISTEN to a port above 1023.`,
  EADDRNOTAVAIL: (address) => `${address} is no address of this machine. Set SLIPWAY_LISTEN to one that is.`,
};

const NO_ROOM =
  "No room is left on the disk of the data (SLIPWAY_HOME). Nothing was changed; free space, then start again.";

/** Why a server could not start, for its operator; undefined for what nobody expected. */
export function startProblemOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof ConfigurationError || error instanceof FolderInUse) return error.message;
  if (isFull(error)) return NO_ROOM;
  if (error instanceof DocumentStoreError && error.kind === "NEWER_FORMAT") {
    return `The data was written by a newer Slipway: ${error.message}. Start that one, or give this one a folder of its own with SLIPWAY_HOME.`;
  }
  if (error instanceof DocumentStoreError && error.kind === "INVALID") return `SLIPWAY_DOCUMENTS: ${error.message}`;
  const [, code = "", address = ""] = LISTEN_ERROR.exec(error.message) ?? [];
  return REMEDIES[code]?.(address);
}

function isFull(error: Error): boolean {
  if (error instanceof DocumentStoreError || error instanceof ObjectStoreError) return error.kind === "FULL";
  return (error as NodeJS.ErrnoException).code === "ENOSPC";
}
