import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { printable } from "@slipway/runtime";
import type { Session } from "./command.ts";
import { paint } from "./terminal.ts";
import { wrapped } from "./wrap.ts";

/** Why the version was withdrawn, what the inspection found, worst first, or else why it was rejected. */
export function printFindings({ terminal, print }: Session, version: Version): void {
  const { stdout } = terminal;
  const isTold = version.findings.length > 0 && version.state !== VersionState.WITHDRAWN;
  if (!isTold && version.stateReason !== "") {
    print(`${wrapped(stdout, `  ${printable(version.stateReason)}`, "  ")}\n`);
  }
  for (const { severity, rule, path, message } of version.findings) {
    const colour = severity === Verdict.DANGEROUS ? "red" : "yellow";
    const word = Verdict[severity].toLowerCase();
    const text = wrapped(stdout, `  ${word} ${printable(path)}: ${printable(message)} (${rule})`, "    ");
    print(`${text.replace(word, paint(terminal, stdout, colour, word))}\n`);
  }
}
