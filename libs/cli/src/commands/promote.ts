import { setTimeout as pause } from "node:timers/promises";
import { toJson } from "@bufbuild/protobuf";
import { type Transition, TransitionSchema, TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { versionNamed } from "../named-version.ts";
import { paint } from "../terminal.ts";
import { transitionId } from "../transition-name.ts";
import { hasEnded, linesAbout, waitingFor } from "../transition-text.ts";
import { waitingLine } from "../waiting-line.ts";
import { wrapped } from "../wrap.ts";

/** How often a transition that is waited for is looked at, in milliseconds. */
const LOOK_EVERY_MS = 500;

interface PromoteFlags {
  comment?: string;
  expect?: string;
  wait?: boolean;
}

/** `promote` and `rollback`. */
export function addPromote(program: Command, context: ProgramContext): void {
  const promote = program
    .command("promote <reference> <stage>")
    .description("move a version to another stage: iris@1.2.0 testing")
    .option("--comment <text>", "why")
    .option("--expect <version>", "only if this version is in the stage, such as 1.1.0, or - for none")
    .option("--wait", "wait until it is in the stage, or will not be");
  withSession(context, promote, async (session, reference: string, stage: string, flags: PromoteFlags) => {
    const version = await versionNamed(session, reference);
    const { comment = "", expect: expectedIncumbent = "" } = flags;
    const request = { version, toStage: stage, comment, expectedIncumbent };
    const { transition } = await session.connection.stages.requestTransition(request, {
      signal: session.terminal.signal,
    });
    if (transition === undefined) return undefined;
    return tellOutcome(session, flags.wait ? await ended(session, transition) : transition);
  });

  const rollback = program
    .command("rollback <model> <stage>")
    .description("put back what was in a stage before: iris production")
    .option("--comment <text>", "why")
    .option("--expect <version>", "only if this version is in the stage");
  withSession(context, rollback, async (session, model: string, stage: string, flags: PromoteFlags) => {
    const { comment = "", expect: expectedIncumbent = "" } = flags;
    const request = { model: `models/${model}`, stage, comment, expectedIncumbent };
    const { transition } = await session.connection.stages.rollBackStage(request, { signal: session.terminal.signal });
    return transition && tellOutcome(session, transition);
  });
}

/** Says what became of a transition; FAILED where it ended without being applied. */
export function tellOutcome(session: Session, transition: Transition): number {
  const { terminal } = session;
  const isApplied = transition.state === TransitionState.APPLIED;
  if (session.json) session.printJson(toJson(TransitionSchema, transition));
  else {
    const [first = "", ...rest] = linesAbout(transition).map((line) => wrapped(terminal.stdout, printable(line), "  "));
    const colour = isApplied ? "green" : hasEnded(transition) ? "red" : "yellow";
    session.print(`${[paint(terminal, terminal.stdout, colour, first), ...rest].join("\n")}\n`);
  }
  return isApplied || !hasEnded(transition) ? EXIT.OK : EXIT.FAILED;
}

/** The transition once it has its outcome. */
async function ended(session: Session, first: Transition): Promise<Transition> {
  const { terminal, connection } = session;
  const waiting = waitingLine(terminal, () => performance.now());
  let transition = first;
  let said = "";
  const id = transitionId(first.name);
  session.sayAfterInterrupt(`Interrupted. The transition goes on. Look with:\n  slipway transitions show ${id}`);
  try {
    while (!hasEnded(transition)) {
      const reason = waitingFor(transition);
      if (reason !== said && !session.json) {
        waiting.finish();
        waiting.begin(`Waiting for ${printable(reason)} (${id})`);
        said = reason;
      }
      await pause(LOOK_EVERY_MS, undefined, { signal: terminal.signal });
      const read = await connection.stages.getTransition({ name: first.name }, { signal: terminal.signal });
      transition = read.transition ?? transition;
    }
    return transition;
  } finally {
    waiting.finish();
  }
}
