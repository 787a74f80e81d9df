import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { CheckState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";

/** As the proto bounds it, in characters. */
const MAX_MESSAGE = 4096;

/** What a report says. */
export interface CheckReport {
  state: CheckState.PASSED | CheckState.FAILED;
  message: string;
}

/**
 * What the outputs of the needed steps make of a check: FAILED where an http step was answered with `"passed": false`,
 * else PASSED. The first message tells why, of those that failed where any did.
 */
export function reportOf(outputs: Readonly<Record<string, JsonObject>>): CheckReport {
  const answers = Object.values(outputs).flatMap(({ body }) => (isObject(body) ? [body] : []));
  const failed = answers.filter(({ passed }) => passed === false);
  const telling = failed.length > 0 ? failed : answers;
  const message = telling.map((answer) => answer.message).find((each) => typeof each === "string") ?? "";
  const state = failed.length > 0 ? CheckState.FAILED : CheckState.PASSED;
  return { state, message: [...message].slice(0, MAX_MESSAGE).join("") };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
