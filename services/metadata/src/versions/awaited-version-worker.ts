import { setTimeout as pause } from "node:timers/promises";
import type { EventBus } from "@slipway/events";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { StoredVersion } from "./version.ts";

/** How often a wait looks for what nobody told this process, in milliseconds. */
const LOOK_MS = 500;

/** The bus tells of the versions of everybody: so many milliseconds pass at least between two looks. */
const PAUSE_MS = 20;

/** The version that `read` gives, as soon as its admission has ended, or as it is when `stopped` aborts. */
export async function awaitedVersion(
  read: () => Promise<StoredVersion>,
  bus: EventBus,
  stopped: AbortSignal,
): Promise<StoredVersion> {
  let change = Promise.withResolvers<void>();
  const wake = () => change.resolve();
  const subscription = bus.subscribe(["version"], wake);
  stopped.addEventListener("abort", wake);
  try {
    for (;;) {
      change = Promise.withResolvers<void>();
      const stored = await read();
      if (stored.version.state !== VersionState.VALIDATING || stopped.aborted) return stored;
      const timer = setTimeout(wake, LOOK_MS);
      await change.promise;
      clearTimeout(timer);
      await pause(PAUSE_MS);
    }
  } finally {
    subscription.cancel();
    stopped.removeEventListener("abort", wake);
  }
}
