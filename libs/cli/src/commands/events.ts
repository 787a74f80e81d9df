import { toJson } from "@bufbuild/protobuf";
import { type Event, EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { AFTER_INTERRUPT, type ProgramContext, type Session, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { collect } from "../repeatable-option.ts";
import { paint } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

const SERVICES = ["metadata", "artifact", "workflow"] as const;
type Service = (typeof SERVICES)[number];

interface WatchFlags {
  service: string;
  after?: string;
  type?: string[];
  once?: boolean;
}

export function addEvents(program: Command, context: ProgramContext): void {
  const events = program.command("events").description("follow what happens");
  const watch = events
    .command("watch")
    .description("show events as they happen, until ctrl-C")
    .option("--service <service>", `whose: ${SERVICES.join(", ")}`, "metadata")
    .option("--after <position>", "begin after this position; 0: from the first (default: only new ones)")
    .option("--type <type>", "only this type, such as slipway.version.created (repeatable)", collect)
    .option("--once", "end after the events that exist, instead of waiting for new ones");
  const follow = async (session: Session, flags: WatchFlags) => {
    const service = SERVICES.find((name) => name === flags.service);
    if (service === undefined)
      throw new UsageError(`There is no service "${flags.service}". Use ${SERVICES.join(", ")}.`);
    if (flags.after !== undefined && !/^\d+$/.test(flags.after)) {
      throw new UsageError(`--after ${flags.after} is not a position. Use a whole number.`);
    }
    const { stderr } = session.terminal;
    if (flags.once !== true && stderr.isTTY === true) stderr.write("Waiting for events; ctrl-C ends.\n");
    for await (const event of eventsOf(session, service, flags)) show(session, event);
    return undefined;
  };
  withSession(context, watch, follow, AFTER_INTERRUPT.silent);
}

async function* eventsOf(session: Session, service: Service, flags: WatchFlags): AsyncGenerator<Event> {
  const client = session.connection.events[service];
  const options = { signal: session.terminal.signal };
  if (flags.once !== true) {
    const request = { after: BigInt(flags.after ?? -1), types: flags.type ?? [] };
    for await (const { event } of client.watchEvents(request, options)) if (event !== undefined) yield event;
    return;
  }
  for (let after = BigInt(flags.after ?? 0); ; ) {
    const page = await client.listEvents({ after, types: flags.type ?? [] }, options);
    yield* page.events;
    if (page.last === after) return;
    after = page.last;
  }
}

function show(session: Session, event: Event): void {
  if (session.json) {
    session.print(`${JSON.stringify(toJson(EventSchema, event))}\n`);
    return;
  }
  const { terminal } = session;
  const position = paint(terminal, terminal.stdout, "dim", `${event.position} ${formatTime(event.time)}`);
  const type = paint(terminal, terminal.stdout, "cyan", event.type);
  session.print(`${position} ${type} ${printable(event.subject)} by ${printable(event.actor)}\n`);
}
