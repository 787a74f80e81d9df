import { toJson } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { KeySchema } from "@slipway/gen/slipway/access/v1/access_pb.js";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import type { Command } from "commander";
import { type ProgramContext, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";
import { UsageError } from "../usage-error.ts";

const ROLES: Readonly<Record<string, Role>> = {
  viewer: Role.VIEWER,
  contributor: Role.CONTRIBUTOR,
  reviewer: Role.REVIEWER,
  admin: Role.ADMIN,
};

export function addKeys(program: Command, context: ProgramContext): void {
  const keys = program.command("keys").description("create, list and revoke keys (administrators)");

  const createKey = keys
    .command("create <principal>")
    .description("make a key for users/<name> or serviceAccounts/<name>; its secret is shown once")
    .requiredOption("--role <role>", `what it may do: ${Object.keys(ROLES).join(", ")}`)
    .option("--expires <time>", "such as 2027-01-01T00:00:00Z (default: never)")
    .option("--description <text>", "what it is for");
  withSession(
    context,
    createKey,
    async (session, principal: string, flags: { role: string; expires?: string; description?: string }) => {
      const role = ROLES[flags.role];
      if (role === undefined)
        throw new UsageError(`There is no role "${flags.role}". Use ${Object.keys(ROLES).join(", ")}.`);
      const expires = flags.expires === undefined ? undefined : new Date(flags.expires);
      if (expires !== undefined && Number.isNaN(expires.getTime())) {
        throw new UsageError(`"${flags.expires}" is not a time. Write it as 2027-01-01T00:00:00Z.`);
      }
      const { key, secret } = await session.connection.access.createKey(
        {
          principal,
          role,
          description: flags.description ?? "",
          ...(expires && { expireTime: timestampFromDate(expires) }),
        },
        { signal: session.terminal.signal },
      );
      if (session.json) session.printJson({ key: key && toJson(KeySchema, key), secret });
      else {
        session.print(`${secret}\n`);
        session.terminal.stderr.write("This is the only time it is shown. Use it as SLIPWAY_KEY.\n");
      }
      return undefined;
    },
  );

  listCommand(context, keys.command("list").description("list keys, without secrets"), {
    plural: "keys",
    schema: KeySchema,
    head: ["KEY", "PRINCIPAL", "ROLE", "CREATED", "EXPIRES", "REVOKED"],
    row: (key) => [
      key.name.replace(/^keys\//, ""),
      key.principal,
      Role[key.role].toLowerCase() + (key.platformAdministrator ? " (platform)" : ""),
      formatTime(key.createTime),
      formatTime(key.expireTime) || "never",
      formatTime(key.revokeTime),
    ],
    async read({ access }, page, _flags, options) {
      const found = await access.listKeys(page, options);
      return { items: found.keys, nextPageToken: found.nextPageToken };
    },
  });

  withSession(
    context,
    keys.command("revoke <key>").description("refuse a key from now on"),
    async (session, id: string) => {
      const request = { name: `keys/${id.replace(/^keys\//, "")}` };
      const { key } = await session.connection.access.revokeKey(request, { signal: session.terminal.signal });
      if (session.json) session.printJson({ key: key && toJson(KeySchema, key) });
      else session.print(`${request.name} is revoked; it stops working everywhere within 5 seconds.\n`);
      return undefined;
    },
  );
}
