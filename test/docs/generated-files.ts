import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { messageSchema } from "./message-schema.ts";

const PROTO = fileURLToPath(new URL("../../proto/slipway/metadata/v1/stage_policy.proto", import.meta.url));

/** Files of docs/ that follow from the code as a whole, by their path. */
export const GENERATED_FILES: Readonly<Record<string, () => string>> = {
  "docs/stage-policy.schema.json": () => {
    const schema = messageSchema(StagePolicySchema, readFileSync(PROTO, "utf8"), "urn:slipway:stage-policy");
    return `${JSON.stringify(schema, null, 2)}\n`;
  },
};
