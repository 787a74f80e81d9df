import { spawnSync } from "node:child_process";
import type { Context } from "mocha";

/** Skips the suite or test that this runs in, and says why in its title. */
export function skipBecause(context: Context, reason: string): never {
  if (context.test) context.test.title += ` (skipped: ${reason})`;
  return context.skip();
}

/** Why strace cannot be used here; undefined where it can. */
export function straceMissing(): string | undefined {
  const { status, error } = spawnSync("strace", ["-qq", "-o", "/dev/null", "true"], { stdio: "ignore" });
  if (error) return "strace is not installed";
  return status === 0 ? undefined : "strace may not trace here";
}
