import {
  createLogger,
  growHeapFaster,
  Lifecycle,
  type LogFields,
  type Logger,
  type ServerConfiguration,
  trimWhenQuiet,
} from "@slipway/runtime";
import { startProblemOf } from "./start-problem.ts";

const DRAIN_TIMEOUT_MS = 10_000;
/** What draining and closing may take together before the process ends without them. */
const END_TIMEOUT_MS = 20_000;

/**
 * Runs `start` until SIGTERM or ctrl-C and then ends what it has added to the lifecycle. `fields` stand in every line of
 * the log. Throws what kept it from
 * starting, and an AggregateError of what failed to end.
 */
export async function runUntilStopped(
  configuration: Pick<ServerConfiguration, "logLevel">,
  stderr: Parameters<typeof createLogger>[0]["destination"],
  start: (lifecycle: Lifecycle, log: Logger) => Promise<void>,
  fields: LogFields = {},
): Promise<void> {
  const log = createLogger({ level: configuration.logLevel, destination: stderr }).child(fields);
  const lifecycle = new Lifecycle({ log, drainTimeoutMs: DRAIN_TIMEOUT_MS });
  lifecycle.stopping.addEventListener("abort", () => {
    setTimeout(() => {
      log.error({ afterMs: END_TIMEOUT_MS }, "something did not end; exiting without it");
      process.exit(1);
    }, END_TIMEOUT_MS).unref();
  });
  await lifecycle.run(async () => {
    await start(lifecycle, log);
    const trimming = trimWhenQuiet();
    lifecycle.add("trimming of memory", { close: () => trimming[Symbol.dispose]() });
  });
}

/**
 * The whole life of a process that is nothing but a server: ends it explicitly, with 0 where all went well, so that no
 * forgotten handle keeps it alive. Says on standard error why it could not start.
 */
export async function runProcess(serve: () => Promise<void>): Promise<never> {
  growHeapFaster();
  try {
    await serve();
    return process.exit(0);
  } catch (error) {
    const problem = startProblemOf(error);
    process.stderr.write(
      problem === undefined ? `${error instanceof Error ? error.stack : error}\n` : `error: ${problem}\n`,
    );
    return process.exit(1);
  }
}
