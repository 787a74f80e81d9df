import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import type { Command } from "commander";
import { type ProgramContext, withSession } from "../command.ts";

export function addWhoAmI(program: Command, context: ProgramContext): void {
  const command = program.command("whoami").description("show who you are to the server, and where it is");
  withSession(context, command, async (session) => {
    const me = await session.connection.access.whoAmI({}, { signal: session.terminal.signal });
    const role = Role[me.role].toLowerCase();
    const { tenant, principal, key, open, serverVersion } = me;
    if (session.json) {
      session.printJson({
        url: session.connection.url,
        tenant,
        principal,
        role,
        platformAdministrator: me.platformAdministrator,
        key,
        open,
        serverVersion,
      });
    } else {
      session.printFields([
        ["server", `${session.connection.url} (Slipway ${serverVersion})`],
        ["tenant", tenant.replace(/^tenants\//, "")],
        ["principal", principal],
        ["role", role + (me.platformAdministrator ? ", platform administrator" : "")],
        ["key", open ? "none is asked for (open mode)" : key],
      ]);
    }
    return undefined;
  });
}
