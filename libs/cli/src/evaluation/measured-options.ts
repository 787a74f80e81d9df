import type { MessageInitShape } from "@bufbuild/protobuf";
import type { MeasuredSchema } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { UsageError } from "../usage-error.ts";

const COUNTS = { tp: "truePositives", tn: "trueNegatives", fp: "falsePositives", fn: "falseNegatives" } as const;

/** Reads `tp=80,tn=90,fp=10,fn=20`; all four are needed. Throws UsageError. */
export function measuredByCounts(text: string): MessageInitShape<typeof MeasuredSchema> {
  const given = pairsOf(text, "--counts");
  const value: { [Name in (typeof COUNTS)[keyof typeof COUNTS]]?: bigint } = {};
  for (const [name, count] of given) {
    if (!Object.hasOwn(COUNTS, name)) throw new UsageError(`--counts knows tp, tn, fp and fn, not "${name}".`);
    if (!/^-?\d{1,15}$/.test(count)) throw new UsageError(`--counts ${name}=${count} is not a whole number.`);
    value[COUNTS[name as keyof typeof COUNTS]] = BigInt(count);
  }
  const missing = Object.keys(COUNTS).filter((name) => !given.has(name));
  if (missing.length > 0) throw new UsageError(`--counts lacks ${missing.join(", ")}: write tp=80,tn=90,fp=10,fn=20.`);
  return { form: { case: "counts", value } };
}

/** Reads `accuracy=0.9,bleu=31.5`. Throws UsageError. */
export function measuredByMetrics(text: string): MessageInitShape<typeof MeasuredSchema> {
  const values = [...pairsOf(text, "--metrics")].map(([name, value]) => {
    const number = value.trim() === "" ? Number.NaN : Number(value);
    if (!Number.isFinite(number)) throw new UsageError(`--metrics ${name}=${value} is no finite number.`);
    return [name, number] as const;
  });
  return { form: { case: "metrics", value: { values: Object.fromEntries(values) } } };
}

/** Reads texts of the form `key=value`. Throws UsageError. */
export function pairsOf(text: string | readonly string[], option: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const part of typeof text === "string" ? text.split(",") : text) {
    const at = part.indexOf("=");
    if (at < 1) throw new UsageError(`${option}: "${part}" is not of the form name=value.`);
    const name = part.slice(0, at);
    if (pairs.has(name)) throw new UsageError(`${option} names "${name}" twice.`);
    pairs.set(name, part.slice(at + 1));
  }
  return pairs;
}
