import { toJson } from "@bufbuild/protobuf";
import { PrincipalSchema } from "@slipway/gen/slipway/access/v1/access_pb.js";
import type { Command } from "commander";
import { type ProgramContext, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";

export function addPrincipals(program: Command, context: ProgramContext): void {
  const principals = program
    .command("principals")
    .description("create, list and disable users and service accounts (administrators)");

  const createPrincipal = principals
    .command("create <principal>")
    .description("make users/<name> or serviceAccounts/<name>")
    .option("--display-name <text>", "for people")
    .option("--owner <user>", "the user who answers for a service account");
  withSession(
    context,
    createPrincipal,
    async (session, name: string, flags: { displayName?: string; owner?: string }) => {
      const request = { principal: { name, displayName: flags.displayName ?? "", owner: flags.owner ?? "" } };
      const { principal } = await session.connection.access.createPrincipal(request, {
        signal: session.terminal.signal,
      });
      if (session.json) session.printJson({ principal: principal && toJson(PrincipalSchema, principal) });
      else session.print(`${name} is made. Give it a key: slipway keys create ${name} --role contributor\n`);
      return undefined;
    },
  );

  listCommand(context, principals.command("list").description("list principals"), {
    plural: "principals",
    schema: PrincipalSchema,
    head: ["PRINCIPAL", "NAME", "OWNER", "STATE", "CREATED"],
    row: (item) => [
      item.name,
      item.displayName,
      item.owner,
      item.disabled ? "disabled" : "active",
      formatTime(item.createTime),
    ],
    async read({ access }, page, _flags, options) {
      const found = await access.listPrincipals(page, options);
      return { items: found.principals, nextPageToken: found.nextPageToken };
    },
  });

  const disable = principals.command("disable <principal>").description("refuse all its keys from now on");
  withSession(context, disable, async (session, name: string) => {
    const { principal } = await session.connection.access.disablePrincipal(
      { name },
      { signal: session.terminal.signal },
    );
    if (session.json) session.printJson({ principal: principal && toJson(PrincipalSchema, principal) });
    else session.print(`${name} is disabled; its keys stop working everywhere within 5 seconds.\n`);
    return undefined;
  });
}
