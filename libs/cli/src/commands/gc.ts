import { toJson } from "@bufbuild/protobuf";
import { CollectGarbageResponseSchema, type Garbage } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import type { Command } from "commander";
import { type ProgramContext, withSession } from "../command.ts";
import { formatBytes, formatCount } from "../format.ts";

/** `gc`. */
export function addGc(program: Command, context: ProgramContext): void {
  const command = program
    .command("gc")
    .description("give space back that nothing needs any more; the server does so by itself too (administrators)")
    .option("--dry-run", "only show what would come back");
  withSession(context, command, async (session, { dryRun = false }: { dryRun?: boolean }) => {
    const { artifacts } = session.connection;
    const request = { validateOnly: dryRun };
    const response = await artifacts.collectGarbage(request, { signal: session.terminal.signal });
    if (session.json) {
      session.printJson(toJson(CollectGarbageResponseSchema, response, { alwaysEmitImplicit: true }));
      return undefined;
    }
    const { removed, remaining, remainingIsPartial } = response;
    session.printFields([
      ["removed", dryRun ? "" : garbageText(removed)],
      [dryRun ? "would go" : "will follow", garbageText(remaining) + (remainingIsPartial ? ", and more" : "")],
    ]);
    return undefined;
  });
}

function garbageText(garbage: Garbage | undefined): string {
  const { artifacts, chunks, bytes } = garbage ?? { artifacts: 0n, chunks: 0n, bytes: 0n };
  if (artifacts === 0n && chunks === 0n) return "nothing";
  return `${formatCount(Number(artifacts), "artifact")}, ${formatCount(Number(chunks), "chunk")}, ${formatBytes(Number(bytes))}`;
}
