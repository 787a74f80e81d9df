import type { DescMessage, Message } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator } from "@bufbuild/protovalidate";
import { fail } from "../fail.ts";
import { inWords } from "./pattern-words.ts";

/** Field violations told to a client at most. */
const MAX_VIOLATIONS = 20;

const validator = createValidator();

/** Checks a request against the buf.validate annotations of its proto. Throws REQUEST_INVALID with the fields. */
export function validate(type: DescMessage, message: Message): void {
  const result = validator.validate(type, message);
  if (result.kind === "valid") return;
  if (result.kind === "error") throw result.error;
  const [first, ...others] = result.violations.slice(0, MAX_VIOLATIONS).map((violation) => ({
    field: pathToString(violation.field),
    description: inWords(violation.message),
    reason: violation.ruleId,
  }));
  if (first === undefined) throw result.error;
  const fields = [first, ...others] as const;
  const summary = fields.map(({ field, description }) => `${field} ${description}`.trim()).join("; ");
  throw fail("REQUEST_INVALID", { summary }, { fields });
}
