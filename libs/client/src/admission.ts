import { setTimeout as pause } from "node:timers/promises";
import { type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { ClientError } from "./client-error.ts";
import type { Connection } from "./connection.ts";

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

/** Waits until admission has decided on a version: it is then PUBLISHED, READY or REJECTED. */
export async function waitForAdmission(connection: Connection, name: string, signal: AbortSignal): Promise<Version> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const { version } = await connection.versions.getVersion({ name }, { signal });
    if (version === undefined) throw new ClientError(`The server answered without ${name}. Is it a Slipway server?`);
    if (version.state !== VersionState.VALIDATING) return version;
    await pause(pauseMs, undefined, { signal });
  }
}
