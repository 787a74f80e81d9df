/**
 * usage: node make-secrets.ts FOLDER [USER=FOLDER…]
 * Writes what is missing of the secrets of docker-compose.yml into FOLDER, each readable by its user alone, and gives
 * each other folder to its USER (mongo, slipway, minio, nats), who finds it synchronous: MinIO on one drive does not sync
 * the names of its files. Run by root at every start, before the others; what is there is kept. Prints nothing secret.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { SEED_BYTES, type SecretOwner, secretsOf, USERS } from "./secrets.ts";

const ROOT = 0;

/** Whole, durable and its owner's before anybody can see it under its name. */
function write(path: string, bytes: Uint8Array, user: number): void {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, bytes, { mode: 0o400, flush: true });
  chownSync(unfinished, user, user);
  renameSync(unfinished, path);
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function seedIn(folder: string): Uint8Array {
  const path = join(folder, "seed");
  if (!existsSync(path)) write(path, randomBytes(SEED_BYTES), ROOT);
  const seed = readFileSync(path);
  if (seed.length !== SEED_BYTES) throw new Error(`${path} is damaged: it must hold ${SEED_BYTES} bytes`);
  return seed;
}

/** Every change of names in the folder, and in all that will be made in it, is on disk before its call returns. */
function makeSynchronous(place: string): void {
  const { status, error, stderr } = spawnSync("chattr", ["+D", place], { encoding: "utf8" });
  if (status === 0) return;
  const why = error?.message ?? stderr.trim();
  console.log(`${place}: a power cut could take the names of files just written, since chattr +D failed: ${why}`);
}

const [folder, ...gifts] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: node make-secrets.ts FOLDER [USER=FOLDER…]");
let made = 0;
for (const { owner, name, text } of secretsOf(seedIn(folder))) {
  const place = join(folder, owner);
  if (!existsSync(place)) mkdirSync(place);
  chmodSync(place, 0o755);
  const path = join(place, name);
  if (existsSync(path)) continue;
  write(path, Buffer.from(`${text}\n`), USERS[owner]);
  made++;
}
for (const gift of gifts) {
  const [owner, place] = gift.split("=") as [SecretOwner, string];
  const user = USERS[owner];
  if (user === undefined) throw new Error(`${gift}: no such user`);
  if (statSync(place).uid === user) continue;
  makeSynchronous(place);
  chownSync(place, user, user);
}
console.log(made === 0 ? "every secret is there" : `made ${made} secrets`);
