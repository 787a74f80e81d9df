import { type DescMessage, type JsonObject, type MessageShape, toJson } from "@bufbuild/protobuf";
import type { Connection } from "@slipway/client";
import type { CallOptions } from "@slipway/rpc";
import type { Command } from "commander";
import { type ProgramContext, withSession } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** The most that a page may have. */
export const PAGE_SIZE = 1000;

/** What a list command shows: from where, and each resource as a row. */
export interface Listing<S extends DescMessage, Flags, Argument> {
  /** Name of the list in JSON: `models`. */
  plural: string;
  schema: S;
  head: readonly string[];
  row(item: MessageShape<S>, flags: Flags): readonly string[];
  read(
    connection: Connection,
    page: { pageSize: number; pageToken: string },
    flags: Flags,
    options: CallOptions,
    argument: Argument,
  ): Promise<{ items: MessageShape<S>[]; nextPageToken: string; summary?: Summary }>;
}

/** What the first page says about all pages: added to the JSON, and shown as fields below the table. */
interface Summary {
  json: JsonObject;
  fields: readonly (readonly [string, string])[];
}

/** Makes a command one that lists: reads pages up to `--limit`, shows a table or `{"<plural>": […], "more": …}`. */
export function listCommand<S extends DescMessage, Flags = object, Argument = undefined>(
  context: ProgramContext,
  command: Command,
  listing: Listing<S, Flags, Argument>,
): void {
  command.option("--limit <count>", "at most so many", "100");
  withSession(context, command, async (session, ...values: unknown[]) => {
    const flags = values.at(-1) as Flags & { limit: string };
    const argument = (values.length > 1 ? values[0] : undefined) as Argument;
    const limit = limitOf(flags.limit);
    const items: MessageShape<S>[] = [];
    let pageToken = "";
    let summary: Summary | undefined;
    do {
      const page = { pageSize: Math.min(PAGE_SIZE, limit - items.length), pageToken };
      const options = { signal: session.terminal.signal };
      const found = await listing.read(session.connection, page, flags, options, argument);
      items.push(...found.items);
      summary ??= found.summary;
      pageToken = found.nextPageToken;
    } while (pageToken !== "" && items.length < limit);
    const more = pageToken !== "";
    if (session.json) {
      session.printJson({
        [listing.plural]: items.map((item) => toJson(listing.schema, item)),
        more,
        ...summary?.json,
      });
      return undefined;
    }
    session.printTable(
      listing.head,
      items.map((item) => listing.row(item, flags)),
    );
    if (summary !== undefined) session.printFields(summary.fields);
    if (more) session.print("There are more; use --limit.\n");
    return undefined;
  });
}

/** What `--limit` says; refuses what is no whole number above 0. */
export function limitOf(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError(`--limit ${text} is not a whole number above 0.`);
  return limit;
}
