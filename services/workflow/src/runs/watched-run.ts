import { equals } from "@bufbuild/protobuf";
import { type Run, RunSchema } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import type { RunChanges } from "./run-changes.ts";

/** How often a watch looks for what other processes did to the run, in milliseconds. */
const POLL_MS = 500;

/**
 * A run as it is, and then after every change that shows, until it has ended, is gone or the signal aborts. `read` gives
 * undefined where there is no such run.
 */
export async function* watchedRun(
  uid: string,
  read: () => Promise<{ run: Run; ended: boolean } | undefined>,
  changes: RunChanges,
  stopped: AbortSignal,
): AsyncIterable<Run> {
  let change = Promise.withResolvers<void>();
  const wake = () => change.resolve();
  const forget = changes.listen(uid, wake);
  stopped.addEventListener("abort", wake);
  try {
    for (let sent: Run | undefined; !stopped.aborted; ) {
      change = Promise.withResolvers<void>();
      const current = await read();
      if (current === undefined) return;
      const { run } = current;
      // A lease that was extended is a change of the document that nobody sees.
      if (sent === undefined || !equals(RunSchema, { ...run, etag: "" }, { ...sent, etag: "" })) yield run;
      if (current.ended) return;
      sent = run;
      const timer = setTimeout(wake, POLL_MS);
      await change.promise;
      clearTimeout(timer);
    }
  } finally {
    forget();
    stopped.removeEventListener("abort", wake);
  }
}
