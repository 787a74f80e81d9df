import { createHash } from "node:crypto";
import { RULES } from "@slipway/formats";

/** Names the rules that an inspection applied: it changes with any rule, its severity or its advice. */
export const RULES_VERSION: string = createHash("sha256").update(JSON.stringify(RULES)).digest("hex").slice(0, 12);
