import type { DescService } from "@bufbuild/protobuf";
import { fail } from "../src/fail.ts";
import type { Handlers } from "../src/handlers.ts";

/** Handlers for every unary method of a service that refuse each call, for tests that need only some of them. */
export function refusingHandlers<S extends DescService>(service: S): Handlers<S> {
  const refuse = (name: string) => async () => {
    throw fail("METHOD_UNKNOWN", { method: name });
  };
  return Object.fromEntries(Object.keys(service.method).map((name) => [name, refuse(name)])) as unknown as Handlers<S>;
}
