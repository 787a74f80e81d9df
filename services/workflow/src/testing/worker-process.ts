import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { until } from "@slipway/runtime/testing";
import type { WorkflowSettings } from "../app.ts";

/** What a worker process is told. */
export interface WorkerOrder {
  /** Of the database that all of them share. */
  path: string;
  /** Where the peers answer; real gRPC. */
  peersUrl: string;
  settings: WorkflowSettings;
  /** Stops itself with SIGSTOP right before the nth commit (default first) of a run in which the step is so. */
  freezeBefore?: { step: string; state: "STEP_STATE_RUNNING" | "STEP_STATE_SUCCEEDED"; nth?: number };
}

/** A process of its own that serves nobody and works on runs. */
export interface WorkerProcess {
  /** Messages of its log. */
  readonly logged: string[];
  /** What became of the commit that it was frozen before: COMMITTED, or why not. */
  lateWrite(): Promise<string>;
  freeze(): void;
  /** Resolves when it stands still. */
  frozen(): Promise<void>;
  thaw(): void;
  /** The signal that ended it. */
  exit(): Promise<string | null>;
  close(): Promise<void>;
}

/** Starts one; `faultPoint` as in SLIPWAY_FAULT_POINT. Resolves when it works, or has come to its end. */
export async function startWorker(order: WorkerOrder, faultPoint = ""): Promise<WorkerProcess> {
  const module = fileURLToPath(new URL("./worker-process-child.ts", import.meta.url));
  const env = { ...process.env, SLIPWAY_FAULT_POINT: faultPoint };
  const child = fork(module, [JSON.stringify(order)], { env, execArgv: [] });
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  const logged: string[] = [];
  let lateWrite: string | undefined;
  child.on("message", (message: { log?: string; lateWrite?: string }) => {
    if (message.log !== undefined) logged.push(message.log);
    lateWrite ??= message.lateWrite;
  });
  await Promise.race([until("the worker is ready", () => logged.includes("ready")), ended]);
  return {
    logged,
    lateWrite: () => until("the late write has come back", () => lateWrite),
    freeze: () => child.kill("SIGSTOP"),
    frozen: async () => void (await until("the process stands still", async () => (await stateOf(child)) === "T")),
    thaw: () => child.kill("SIGCONT"),
    exit: async () => (await ended)[1],
    close: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The letter of /proc/PID/stat: T where it is stopped. */
async function stateOf({ pid = 0 }: ChildProcess): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2)[0];
}
