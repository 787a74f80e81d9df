import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Before the first time the process is watched closely: what the start leaves behind is given back soon after it. */
const FIRST_LOOK_MS = 500;
const LOOK_MS = 5_000;
/** Of one core; the loops that look for work take about 1 %. */
const QUIET_SHARE = 0.05;
/** Collecting everything takes about 0.1 s, so it costs 5 % of the processor time between two times at most. */
const LEAST_WORK_MS = 2_000;

/**
 * Gives memory back to the system whenever the process falls quiet. V8 keeps the room of the young generation and of
 * what has died until more is allocated, which a server that nobody uses does not do: 45 MB after the start, more after
 * use. Does not keep the process alive.
 */
export function trimWhenQuiet(): Disposable {
  const collect = collector();
  let workedMs = processorMs();
  let workedAtTrimMs: number | undefined;
  let timer: NodeJS.Timeout;
  const lookLater = () => {
    const pauseMs = workedAtTrimMs === undefined ? FIRST_LOOK_MS : LOOK_MS;
    timer = setTimeout(look, pauseMs, pauseMs).unref();
  };
  const look = (sinceMs: number) => {
    const nowMs = processorMs();
    const isQuiet = nowMs - workedMs < sinceMs * QUIET_SHARE;
    if (isQuiet && (workedAtTrimMs === undefined || nowMs - workedAtTrimMs >= LEAST_WORK_MS)) {
      collect();
      workedAtTrimMs = processorMs();
    }
    workedMs = processorMs();
    lookLater();
  };
  lookLater();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Processor time of all threads. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The one collection that V8 shrinks its heap with; it is reached by a flag only. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as NodeJS.GCFunction;
  setFlagsFromString("--no-expose-gc");
  return () => void collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
