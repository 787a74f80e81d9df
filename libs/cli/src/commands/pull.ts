import { pull } from "@slipway/client";
import { type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { AFTER_INTERRUPT, type ProgramContext, type Session, withSession } from "../command.ts";
import { describeParts, formatCount } from "../format.ts";
import { progressBar } from "../progress-bar.ts";
import { paint } from "../terminal.ts";
import { modelNameOf, shortName } from "../version-name.ts";
import { wrapped } from "../wrap.ts";

export function addPull(program: Command, context: ProgramContext): void {
  const command = program
    .command("pull <reference>")
    .description(
      "download a version, verified: iris, iris@1.2.0, iris@^1.2, iris@production, tenants/acme/models/iris@latest, or a version's URL",
    )
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
        onVersion: (version) => warnOfWithdrawal(session, version),
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
          state: VersionState[version.state],
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

/** Files of a withdrawn version still come to those who may have them, but not without a word. */
function warnOfWithdrawal({ terminal }: Session, version: Version): void {
  if (version.state !== VersionState.WITHDRAWN) return;
  const { stderr } = terminal;
  const text = wrapped(stderr, `warning: ${printable(`${shortName(version)} was withdrawn: ${version.stateReason}`)}`);
  stderr.write(`${text.replace("warning:", paint(terminal, stderr, "yellow", "warning:"))}\n`);
}
