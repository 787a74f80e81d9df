import { spawnSync } from "node:child_process";
import type { Context } from "mocha";

/** Skips the suite or test that this runs in, and says why in its title. */
export function skipBecause(context: Context, reason: string): never {
  const runnable = context.test;
  if (runnable !== undefined) runnable.title += ` (skipped: ${reason})`;
  return context.skip();
}

/** Why strace cannot be used here, or undefined when it can. */
export function straceMissing(): string | undefined {
  const { status, error } = spawnSync("strace", ["-qq", "-o", "/dev/null", "true"], { stdio: "ignore" });
  if (error !== undefined) return "strace is not installed";
  return status === 0 ? undefined : "strace may not trace here";
}
