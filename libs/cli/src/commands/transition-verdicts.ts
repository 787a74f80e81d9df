import { CheckState, type Transition } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { transitionName } from "../transition-name.ts";
import { UsageError } from "../usage-error.ts";
import { tellOutcome } from "./promote.ts";

interface VerdictFlags {
  comment?: string;
}

const CHECK_STATES: Readonly<Record<string, CheckState>> = { passed: CheckState.PASSED, failed: CheckState.FAILED };

/** `transitions approve`, `reject`, `cancel` and `report-check`. */
export function addTransitionVerdicts(transitions: Command, context: ProgramContext): void {
  const verdicts = [
    { word: "approve", does: "agree to a transition", call: "approveTransition" },
    { word: "reject", does: "refuse a transition, which ends it", call: "rejectTransition" },
    { word: "cancel", does: "take back a transition that you requested", call: "cancelTransition" },
  ] as const;
  for (const { word, does, call } of verdicts) {
    const command = transitions.command(`${word} <transition>`).description(does).option("--comment <text>", "why");
    withSession(context, command, async (session, given: string, { comment = "" }: VerdictFlags) => {
      const request = { name: transitionName(given), comment };
      const { transition } = await session.connection.stages[call](request, { signal: session.terminal.signal });
      return tell(session, transition);
    });
  }

  const report = transitions
    .command("report-check <transition> <check> <result>")
    .description("say how a check went: passed or failed")
    .option("--message <text>", "what was found")
    .option("--link <url>", "where more is told");
  withSession(
    context,
    report,
    async (session, given: string, check: string, result: string, flags: { message?: string; link?: string }) => {
      const state = CHECK_STATES[result];
      if (state === undefined) throw new UsageError(`"${result}" is no result of a check. Write passed or failed.`);
      const { message = "", link: url = "" } = flags;
      const request = { name: transitionName(given), check, state, message, url };
      const { transition } = await session.connection.stages.reportCheck(request, { signal: session.terminal.signal });
      return tell(session, transition);
    },
  );
}

/** What was asked for was done, whatever became of the transition by it. */
function tell(session: Session, transition: Transition | undefined): number {
  if (transition !== undefined) tellOutcome(session, transition);
  return EXIT.OK;
}
