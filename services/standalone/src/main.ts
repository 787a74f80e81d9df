import { createProgram, EXIT, runProgram, type Terminal } from "@slipway/cli";
import { growHeapFaster } from "@slipway/runtime";
import { addServe } from "./serve-command.ts";

growHeapFaster();

const interrupted = new AbortController();
const terminal: Terminal = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: interrupted.signal,
};
const setExitCode = (code: number): void => {
  process.exitCode = code;
};

// The first ctrl-C ends the command in order; the second one ends it at once. `serve` has signals of its own.
process.on("SIGINT", () => {
  if (process.listenerCount("SIGINT") > 1) return;
  if (interrupted.signal.aborted) process.exit(EXIT.INTERRUPTED);
  interrupted.abort();
});
// A reader that has seen enough (`| head`) closes the pipe: nothing is left to say.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.OK);
});

const program = createProgram({ terminal, setExitCode });
addServe(program, { terminal, setExitCode });
await runProgram(program, { setExitCode }, process.argv.slice(2));
