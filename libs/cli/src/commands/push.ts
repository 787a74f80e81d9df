import { type PushResult, push } from "@slipway/client";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { Bump, type NumberDecision, type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { AFTER_INTERRUPT, type ProgramContext, type Session, withSession } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { formatBytes } from "../format.ts";
import { printFindings } from "../print-findings.ts";
import { progressBar } from "../progress-bar.ts";
import { collect } from "../repeatable-option.ts";
import { tagsOf } from "../tags.ts";
import { paint } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { modelNameOf, shortName } from "../version-name.ts";
import { waitingLine } from "../waiting-line.ts";

interface PushFlags {
  model: string;
  number?: string;
  bump?: string;
  base?: string;
  description?: string;
  author?: string;
  tag?: string[];
  label?: string[];
  force?: boolean;
  wait: boolean;
}

const BUMPS: Readonly<Record<string, Bump>> = {
  major: Bump.MAJOR,
  minor: Bump.MINOR,
  patch: Bump.PATCH,
  auto: Bump.AUTO,
};

const SHOWN_DIFFERENCES = 5;

export function addPush(program: Command, context: ProgramContext): void {
  const command = program
    .command("push <path>")
    .description("upload a model folder or file and make a version of it")
    .requiredOption("-m, --model <name>", "the model; made when there is none")
    .option("--number <version>", "an exact semantic version, such as 2.0.0")
    .option("--bump <part>", "major, minor, patch or auto (default: auto, by comparing signatures)")
    .option("--base <version>", "continue the line of this version, to patch an older one")
    .option("--description <text>", "what this version is")
    .option("--author <name>", "who trained it")
    .option("-t, --tag <key=value>", "a tag (repeatable)", collect)
    .option("-l, --label <word>", "a label (repeatable)", collect)
    .option("--force", "make a version even when the newest one has the same files")
    .option("--no-wait", "return as soon as the version exists; admission decides about it in the background");
  withSession(
    context,
    command,
    (session, path: string, flags: PushFlags) => run(session, path, flags),
    AFTER_INTERRUPT.resumes,
  );
}

async function run(session: Session, path: string, flags: PushFlags): Promise<number> {
  const { terminal, connection } = session;
  const nowMs = () => performance.now();
  const bar = progressBar(terminal, nowMs);
  const waiting = waitingLine(terminal, nowMs);
  const result = await push(connection, {
    path,
    model: flags.model,
    numbering: numberingOf(flags),
    base: flags.base,
    description: flags.description,
    author: flags.author,
    tags: tagsOf(flags.tag),
    labels: flags.label,
    force: flags.force,
    noWait: !flags.wait,
    stateFolder: session.stateFolder,
    onProgress: session.json ? undefined : bar.onProgress,
    onWaiting: (version) => {
      bar.finish();
      const [name, look] = [shortName(version), lookCommand(version)];
      session.sayAfterInterrupt(
        `Interrupted. ${name} exists and its admission goes on. Push again to wait for it, or look with:\n  ${look}`,
      );
      if (!session.json) waiting.begin(`Waiting for admission of ${name}`);
    },
    signal: terminal.signal,
  }).finally(() => {
    bar.finish();
    waiting.finish();
  });

  const { version, unchanged, uploadedBytes, storedBytes, reusedBytes, decision } = result;
  const state = VersionState[version.state];
  const rejected = version.state === VersionState.REJECTED;
  // Only where the newest version had these files already.
  const withdrawn = version.state === VersionState.WITHDRAWN;
  const artifact = version.artifact.replace(/^artifacts\//, "");
  if (session.json) {
    session.printJson({
      model: modelNameOf(version),
      version: version.number,
      state,
      artifact,
      url: version.url,
      uploadedBytes,
      storedBytes,
      reusedBytes,
      unchanged,
      findings: version.findings.map(({ rule, path: file, message, severity }) => ({
        rule,
        path: file,
        message,
        severity: Verdict[severity],
      })),
    });
  } else {
    const word = unchanged ? " is unchanged:" : "";
    const colour = rejected || withdrawn ? "red" : "green";
    session.print(
      `${printable(modelNameOf(version))} ${version.number}${word} ${paint(terminal, terminal.stdout, colour, state)}\n`,
    );
    session.printFields([
      ["number", unchanged ? "" : (decision?.reason ?? "")],
      ["changes", unchanged ? "" : describeDifferences(decision)],
      ["artifact", artifact],
      ["url", version.url],
      ["sent", describeTransfer(result)],
    ]);
    if (rejected) {
      const again = `This content was rejected already as version ${version.number}; --force makes another of it.`;
      const problem = unchanged ? again : "Nobody can use this version.";
      session.print(`${problem} Correct what was found, and push again:\n`);
    }
    if (withdrawn) {
      session.print(`This content was withdrawn as version ${version.number}; --force makes another of it.\n`);
    }
    if (version.state === VersionState.VALIDATING) {
      session.print(`Its admission goes on. Push again to wait for it, or look with:\n  ${lookCommand(version)}\n`);
    }
    if (version.state === VersionState.READY) session.print("It waits for reviewers: slipway reviews pending\n");
    printFindings(session, version);
  }
  return rejected || withdrawn ? EXIT.REJECTED : EXIT.OK;
}

/** `slipway versions show iris@1.0.0`, quoted where a shell needs it. */
function lookCommand(version: Version): string {
  const name = shortName(version);
  return `slipway versions show ${/^[\w@.+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`}`;
}

/** What travelled, and what did not need to. A push that was cut may have stored more than its last try sent. */
function describeTransfer({ uploadedBytes, storedBytes, reusedBytes }: PushResult): string {
  const totalBytes = storedBytes + reusedBytes;
  if (uploadedBytes === 0) return `nothing, all ${formatBytes(totalBytes)} were there already`;
  const known = uploadedBytes < totalBytes ? `, ${formatBytes(totalBytes - uploadedBytes)} there already` : "";
  const fresh = storedBytes < uploadedBytes ? `${formatBytes(storedBytes)} of it new` : "all of it new";
  return `${formatBytes(uploadedBytes)}, ${fresh}${known}`;
}

/** The first differences between the signatures, one a line. */
function describeDifferences(decision: NumberDecision | undefined): string {
  const differences = decision?.differences ?? [];
  const lines = differences.slice(0, SHOWN_DIFFERENCES).map(({ path, description }) => `${path} ${description}`);
  const more = differences.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

function numberingOf({ number, bump }: PushFlags) {
  if (number !== undefined && bump !== undefined) throw new UsageError("Give --number or --bump, not both.");
  if (number !== undefined) return { case: "number", value: number } as const;
  if (bump === undefined) return undefined;
  const value = BUMPS[bump];
  if (value === undefined) throw new UsageError(`There is no bump "${bump}". Use major, minor, patch or auto.`);
  return { case: "bump", value } as const;
}
