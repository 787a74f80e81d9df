import { createHash } from "node:crypto";
import { RULES } from "./rules.ts";

/** To be raised with every change of a reader or a list of imports that can change what is found. */
const READERS_REVISION = 1;

/**
 * Names the rules and readers that an inspection applied: reports of another version are not its own. It changes by
 * itself with any rule, its severity or its advice.
 */
export const RULES_VERSION: string = createHash("sha256")
  .update(JSON.stringify([READERS_REVISION, RULES]))
  .digest("hex")
  .slice(0, 12);
