import { pull } from "@slipway/client";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { AFTER_INTERRUPT, type ProgramContext, withSession } from "../command.ts";
import { describeParts, formatCount } from "../format.ts";
import { progressBar } from "../progress-bar.ts";
import { modelNameOf } from "../version-name.ts";

export function addPull(program: Command, context: ProgramContext): void {
  const command = program
    .command("pull <reference>")
    .description("download a version, verified: iris, iris@1.2.0, iris@^1.2, iris@production, or a version's URL")
    .option("--to <folder>", "where to put the files (default ./<model>-<version>)")
    .option("--force", "replace files that are there with other content")
    .option("--allow-dangerous", "take quarantined files too (administrators)");
  withSession(
    context,
    command,
    async (session, reference: string, flags: { to?: string; force?: boolean; allowDangerous?: boolean }) => {
      const bar = progressBar(session.terminal, () => performance.now());
      const result = await pull(session.connection, {
        reference,
        destination: flags.to,
        force: flags.force,
        allowDangerous: flags.allowDangerous,
        onProgress: session.json ? undefined : bar.onProgress,
        signal: session.terminal.signal,
      }).finally(bar.finish);
      const { version, destination, files, downloadedBytes, reusedBytes } = result;
      const model = modelNameOf(version);
      const artifact = version.artifact.replace(/^artifacts\//, "");
      if (session.json) {
        session.printJson({
          model,
          version: version.number,
          artifact,
          destination,
          files,
          downloadedBytes,
          reusedBytes,
        });
      } else {
        const sizes = describeParts([downloadedBytes, "received"], [reusedBytes, "there already"]);
        session.print(
          `${printable(model)} ${version.number} is in ${printable(destination)}: ${formatCount(files, "file")} verified, ${sizes}\n`,
        );
      }
      return undefined;
    },
    AFTER_INTERRUPT.resumes,
  );
}
