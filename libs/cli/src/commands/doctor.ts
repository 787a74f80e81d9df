import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { RpcError } from "@slipway/rpc";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { paint } from "../terminal.ts";

interface Check {
  name: string;
  /** What is wrong and what to do; undefined when all is well. */
  problem: string | undefined;
  /** What was found. */
  detail: string;
}

/** Releases differ in what they understand; the client and the server should be of the same one. */
const CLIENT_VERSION = "0.1.0";

export function addDoctor(program: Command, context: ProgramContext): void {
  const command = program
    .command("doctor")
    .description("check this machine, the server and your key, and say what to do");
  withSession(context, command, async (session) => {
    const checks = [await checkState(session), ...(await checkServer(session))];
    const healthy = checks.every(({ problem }) => problem === undefined);
    if (session.json) session.printJson({ healthy, checks });
    else {
      const { terminal } = session;
      for (const { name, problem, detail } of checks) {
        const mark =
          problem === undefined
            ? paint(terminal, terminal.stdout, "green", "ok ")
            : paint(terminal, terminal.stdout, "red", "bad");
        session.print(`${mark} ${name}: ${printable(problem ?? detail)}\n`);
      }
    }
    return healthy ? EXIT.OK : EXIT.FAILED;
  });
}

async function checkState({ stateFolder: folder }: Session): Promise<Check> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return { name: "state folder", detail: folder, problem: undefined };
  } catch (error) {
    const problem = `${folder} cannot be written (${(error as NodeJS.ErrnoException).code}). Set SLIPWAY_HOME to a folder of yours.`;
    return { name: "state folder", detail: folder, problem };
  }
}

async function checkServer({ connection, terminal }: Session): Promise<Check[]> {
  const started = performance.now();
  try {
    const me = await connection.access.whoAmI({}, { signal: terminal.signal, timeoutMs: 5000 });
    const roundTrip = `${Math.round(performance.now() - started)} ms`;
    const differs = me.serverVersion !== CLIENT_VERSION;
    return [
      { name: "server", detail: `${connection.url} answers in ${roundTrip}`, problem: undefined },
      {
        name: "version",
        detail: me.serverVersion,
        problem: differs
          ? `the server is ${me.serverVersion}, this is ${CLIENT_VERSION}. Use the same release.`
          : undefined,
      },
      { name: "access", detail: `${me.principal} in ${me.tenant}${me.open ? " (open mode)" : ""}`, problem: undefined },
    ];
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const reached = error.code !== "UNAVAILABLE" && error.code !== "DEADLINE_EXCEEDED";
    const server = {
      name: "server",
      detail: `${connection.url} answers`,
      problem: reached ? undefined : error.message,
    };
    return reached ? [server, { name: "access", detail: "", problem: error.message }] : [server];
  }
}
