import { type CelEnv, celEnv, type parse } from "@bufbuild/cel";
import type { Registry } from "@bufbuild/protobuf";
import { Meter } from "./meter.ts";

/** A parsed expression, or a part of one. */
export type Expression = NonNullable<ReturnType<typeof parse>["expr"]>;

/** Meters what is evaluated, one after another. */
export const meter = new Meter();

const functions = meter.functions();

/** An environment with CEL's standard functions, metered. `registry`: the messages that values may be. */
export function meteredEnvironment(registry?: Registry): CelEnv {
  return celEnv(registry === undefined ? { funcs: functions } : { registry, funcs: functions });
}
