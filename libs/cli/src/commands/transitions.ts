import { toJson } from "@bufbuild/protobuf";
import {
  CheckState,
  type Transition,
  TransitionCause,
  TransitionSchema,
  TransitionState,
} from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";
import { transitionId, transitionName, versionId } from "../transition-name.ts";
import { addTransitionVerdicts } from "./transition-verdicts.ts";

export function addTransitions(program: Command, context: ProgramContext): void {
  const transitions = program
    .command("transitions")
    .description("list, show, approve, reject and cancel moves between stages");

  const list = transitions
    .command("list [model]")
    .description("list the transitions of a model, or of all models, newest first")
    .option("--filter <filter>", "such as: state = PENDING_APPROVAL AND to_stage = production");
  listCommand(context, list, {
    plural: "transitions",
    schema: TransitionSchema,
    head: ["TRANSITION", "VERSION", "FROM", "TO", "STATE", "CREATED", "BY"],
    row: (transition) => [
      transitionId(transition.name),
      versionId(transition.version),
      transition.fromStage,
      transition.toStage,
      TransitionState[transition.state],
      formatTime(transition.createTime),
      transition.requester,
    ],
    async read({ stages }, page, { filter = "" }: { filter?: string }, options, model: string | undefined) {
      const request = { ...page, parent: `models/${model ?? "-"}`, filter, orderBy: "create_time desc" };
      const found = await stages.listTransitions(request, options);
      return { items: found.transitions, nextPageToken: found.nextPageToken };
    },
  });

  const show = transitions.command("show <transition>").description("show a transition, with gates and verdicts");
  withSession(context, show, async (session, given: string) => {
    const request = { name: transitionName(given) };
    const { transition } = await session.connection.stages.getTransition(request, { signal: session.terminal.signal });
    if (transition === undefined) return undefined;
    if (session.json) session.printJson(toJson(TransitionSchema, transition));
    else printTransition(session, transition);
    return undefined;
  });

  addTransitionVerdicts(transitions, context);
}

function printTransition(session: Session, transition: Transition): void {
  const { gates, checks, verdicts } = transition;
  session.printFields([
    ["transition", transitionId(transition.name)],
    ["version", versionId(transition.version)],
    ["from", transition.fromStage],
    ["to", transition.toStage],
    ["state", TransitionState[transition.state]],
    ["cause", TransitionCause[transition.cause]],
    ["comment", transition.comment],
    ["by", transition.requester],
    ["created", formatTime(transition.createTime)],
    ["expires", transition.endTime === undefined ? formatTime(transition.expireTime) : ""],
    ["approvals", transition.approvalsNeeded === 0 ? "" : `${transition.approvalsNeeded} needed`],
    ["expects", transition.expectedIncumbent],
    ["displaced", transition.displaced && `${versionId(transition.displaced)}, to ${transition.displacedTo}`],
    ["ended", formatTime(transition.endTime)],
    ["ended by", transition.endedBy],
    ["reason", transition.endReason],
  ]);
  if (gates.length > 0) {
    const rows = gates.map(({ gate, passed, explanation }) => [gate, passed ? "holds" : "does not hold", explanation]);
    session.printTable(["GATE", "RESULT", "WHY"], rows);
  }
  if (checks.length > 0) {
    const rows = checks.map(({ check, state, reporter, message, url }) => [
      check,
      CheckState[state],
      reporter,
      message || url,
    ]);
    session.printTable(["CHECK", "STATE", "BY", "MESSAGE"], rows);
  }
  if (verdicts.length > 0) {
    const rows = verdicts.map(({ principal, approved, createTime, comment }) => [
      principal,
      approved ? "approved" : "rejected",
      formatTime(createTime),
      comment,
    ]);
    session.printTable(["PERSON", "VERDICT", "WHEN", "COMMENT"], rows);
  }
}
