import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { keyIdOf } from "@slipway/rpc";
import { ConfigurationError } from "@slipway/runtime";

/** The key that a server in keys mode begins with. */
export interface FirstKey {
  /** The whole key. */
  secret: string;
  /** Where it lies for the operator; absent when it was configured. */
  file?: string;
}

/**
 * The configured key, or one that is made at the first start and kept in `bootstrap-key`, readable by the server's
 * user alone. Throws ConfigurationError when the configured one has not the form of a key.
 */
export function firstKey(dataFolder: string, configured: string | undefined): FirstKey {
  if (configured !== undefined) {
    checkBootstrapKey(configured);
    return { secret: configured };
  }
  const file = join(dataFolder, "bootstrap-key");
  try {
    return { secret: readFileSync(file, "utf8").trim(), file };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const secret = `slw_${randomBytes(16).toString("hex")}_${randomBytes(32).toString("base64url")}`;
  mkdirSync(dataFolder, { recursive: true });
  keep(secret, file);
  return { secret, file };
}

/** Whole and durable before anybody can see it: a crash or a full disk must not leave half a key. */
function keep(secret: string, file: string): void {
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, `${secret}\n`, { mode: 0o600, flush: true });
  renameSync(unfinished, file);
  const folder = openSync(dirname(file), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Throws ConfigurationError where the first key has not the form of one. */
export function checkBootstrapKey(key: string): void {
  try {
    keyIdOf(key);
  } catch (error) {
    const form = "slw_<id>_<secret>, the id of 8 to 64 of 0-9 and a-z, the secret of 43 of A-Z, a-z, 0-9, - and _";
    throw new ConfigurationError([`SLIPWAY_BOOTSTRAP_KEY: ${(error as Error).message} The form is ${form}.`]);
  }
}
