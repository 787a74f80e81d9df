import { until } from "@slipway/runtime/testing";
import type { HealthAnswer, ServiceProcess } from "./split-server.ts";

/** Waits until nothing is missing; fails with what is, and with the log. */
export async function untilServing(service: ServiceProcess): Promise<void> {
  let last: HealthAnswer | undefined;
  const serves = async () => {
    last = await service.health();
    return last.status === "SERVING";
  };
  await until("it serves", serves).catch((error: unknown) => {
    throw new Error(`${service.url} waits: ${JSON.stringify(last)}\n${service.log()}`, { cause: error });
  });
}

/** Waits until health names something as missing; returns the whole answer. */
export async function untilMissing(service: ServiceProcess, words: RegExp): Promise<HealthAnswer> {
  let last: HealthAnswer | undefined;
  const says = async () => {
    const answer = await service.health();
    last = answer;
    return answer.missing.some((what) => words.test(what)) && answer;
  };
  return until(`health says ${words}`, says).catch((error: unknown) => {
    throw new Error(`${service.url} says ${JSON.stringify(last)}`, { cause: error });
  });
}
