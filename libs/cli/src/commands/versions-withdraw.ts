import { toJson } from "@bufbuild/protobuf";
import { parseReference } from "@slipway/client";
import { VersionSchema } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { type ProgramContext, withSession } from "../command.ts";
import { UsageError } from "../usage-error.ts";
import { shortName } from "../version-name.ts";

export function addVersionsWithdraw(versions: Command, context: ProgramContext): void {
  const withdraw = versions
    .command("withdraw <reference>")
    .description("take a published version back for good: iris@1.2.0")
    .requiredOption("--reason <text>", "why; those who used it are told");
  withSession(context, withdraw, async (session, reference: string, { reason }: { reason: string }) => {
    const { parent, selector } = parseReference(reference);
    if (selector === "") throw new UsageError(`"${reference}" names no version. Write iris@1.2.0.`);
    const { versions: service } = session.connection;
    const options = { signal: session.terminal.signal };
    const found = await service.resolveVersion({ model: parent, selector }, options);
    const { version } = await service.withdrawVersion({ name: found.version?.name ?? "", reason }, options);
    if (session.json) session.printJson(version && toJson(VersionSchema, version));
    else if (version !== undefined) session.print(`${printable(shortName(version))} is withdrawn.\n`);
    return undefined;
  });
}
