import { toJson } from "@bufbuild/protobuf";
import { parseReference } from "@slipway/client";
import { type Model, ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { UsageError } from "../usage-error.ts";

export function addAliases(program: Command, context: ProgramContext): void {
  const aliases = program.command("aliases").description("set and delete movable names of versions, such as champion");

  const set = aliases
    .command("set <alias> <reference>")
    .description("point an alias at a version: champion iris@1.2.0, champion iris@latest; it moves where it exists");
  withSession(context, set, async (session, alias: string, reference: string) => {
    const { models, versions } = session.connection;
    const options = { signal: session.terminal.signal };
    const { model, parent, selector } = parseReference(reference);
    const { version } = await versions.resolveVersion({ model: parent, selector }, options);
    const number = version?.number ?? "";
    const reply = await models.setAlias({ model: parent, alias, version: number }, options);
    show(session, reply.model, `${model}@${alias} is ${number}.`);
    return undefined;
  });

  const remove = aliases.command("delete <reference>").description("delete an alias: iris@champion");
  withSession(context, remove, async (session, reference: string) => {
    const { model, parent, selector: alias } = parseReference(reference);
    if (alias === "") throw new UsageError(`"${reference}" names no alias. Write iris@champion.`);
    const options = { signal: session.terminal.signal };
    const reply = await session.connection.models.deleteAlias({ model: parent, alias }, options);
    show(session, reply.model, `${model}@${alias} is deleted.`);
    return undefined;
  });
}

function show(session: Session, model: Model | undefined, text: string): void {
  if (session.json) session.printJson({ model: model && toJson(ModelSchema, model) });
  else session.print(`${printable(text)}\n`);
}
