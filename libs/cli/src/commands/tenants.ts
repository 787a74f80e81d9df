import { toJson } from "@bufbuild/protobuf";
import { KeySchema, TenantSchema } from "@slipway/gen/slipway/access/v1/access_pb.js";
import type { Command } from "commander";
import { type ProgramContext, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";

export function addTenants(program: Command, context: ProgramContext): void {
  const tenants = program.command("tenants").description("create and list tenants (platform administrator)");

  const createTenant = tenants
    .command("create <name>")
    .description("make a tenant; shows the key of its first administrator once")
    .option("--display-name <text>", "for people")
    .option("--administrator <user>", "its first administrator", "users/admin");
  withSession(
    context,
    createTenant,
    async (session, name: string, flags: { displayName?: string; administrator: string }) => {
      const request = {
        tenant: { name: `tenants/${name}`, displayName: flags.displayName ?? "" },
        administrator: flags.administrator,
      };
      const reply = await session.connection.access.createTenant(request, { signal: session.terminal.signal });
      const { tenant, administratorKey, secret } = reply;
      if (session.json) {
        session.printJson({
          tenant: tenant && toJson(TenantSchema, tenant),
          administratorKey: administratorKey && toJson(KeySchema, administratorKey),
          secret,
        });
      } else {
        session.print(`${secret}\n`);
        session.terminal.stderr.write(`This is the key of ${flags.administrator} in ${name}, shown only now.\n`);
      }
      return undefined;
    },
  );

  listCommand(context, tenants.command("list").description("list tenants"), {
    plural: "tenants",
    schema: TenantSchema,
    head: ["TENANT", "NAME", "CREATED"],
    row: (tenant) => [tenant.name.replace(/^tenants\//, ""), tenant.displayName, formatTime(tenant.createTime)],
    async read({ access }, page, _flags, options) {
      const found = await access.listTenants(page, options);
      return { items: found.tenants, nextPageToken: found.nextPageToken };
    },
  });
}
