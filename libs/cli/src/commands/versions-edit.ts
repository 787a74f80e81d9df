import { toJson } from "@bufbuild/protobuf";
import { VersionSchema } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { type ProgramContext, withSession } from "../command.ts";
import { versionNamed } from "../named-version.ts";
import { collect } from "../repeatable-option.ts";
import { tagsOf } from "../tags.ts";
import { UsageError } from "../usage-error.ts";
import { shortName } from "../version-name.ts";

interface EditFlags {
  description?: string;
  author?: string;
  tag?: string[];
  label?: string[];
}

/** `versions edit`. */
export function addVersionsEdit(versions: Command, context: ProgramContext): void {
  const edit = versions
    .command("edit <reference>")
    .description("change what describes a version: iris@1.2.0; what is not given stays")
    .option("--description <text>", "what this version is")
    .option("--author <name>", "who trained it")
    .option("-t, --tag <key=value>", "set a tag; an empty value removes it (repeatable)", collect)
    .option("-l, --label <word>", "a label; those given replace all labels (repeatable)", collect);
  withSession(context, edit, async (session, reference: string, flags: EditFlags) => {
    const tags = tagsOf(flags.tag);
    const { description, author, label } = flags;
    const fields = { description, author, labels: label };
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    const paths = [...given.map(([path]) => path), ...Object.keys(tags).map((key) => `tags.${key}`)];
    if (paths.length === 0) throw new UsageError("Give --description, --author, --tag or --label.");
    const kept = Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== ""));
    const name = await versionNamed(session, reference);
    const sent = { name, ...Object.fromEntries(given), tags: kept };
    const options = { signal: session.terminal.signal };
    const { version } = await session.connection.versions.updateVersion(
      { version: sent, updateMask: { paths } },
      options,
    );
    if (session.json) session.printJson(version && toJson(VersionSchema, version));
    else if (version !== undefined) session.print(`${printable(shortName(version))} is changed.\n`);
    return undefined;
  });
}
