import { homedir } from "node:os";
import { join } from "node:path";

/** Where a client keeps what it must remember: `$SLIPWAY_HOME/client`, else the user's state folder (XDG). */
export function clientStateFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.SLIPWAY_HOME) return join(env.SLIPWAY_HOME, "client");
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), ".local", "state"), "slipway", "client");
}
