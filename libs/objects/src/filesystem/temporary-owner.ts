import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { systemCode } from "./translate-error.ts";

/** Who writes into one folder of temporary files: `<scope>.<pid>.<start>.<uid>`. */
export interface TemporaryOwner {
  /** Within one scope process ids mean the same: one boot of one host, one pid namespace (container). */
  scope: string;
  pid: number;
  /** When the process started, in the kernel's ticks since boot, so that a reused pid is another process; or `0`. */
  start: string;
}

const FOLDER_NAME = /^([0-9a-f]{16})\.(\d{1,10})\.(\d{1,20})\.[0-9a-f-]{36}$/;

/** This process as an owner. */
export async function currentOwner(): Promise<TemporaryOwner> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "latin1").catch(() => "");
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
  const scope = createHash("sha256").update(`${hostname()}\n${boot}\n${namespace}`).digest("hex").slice(0, 16);
  return { scope, pid: process.pid, start: (await processStatus(process.pid))?.start ?? "0" };
}

export function ownerFolderName(owner: TemporaryOwner, uid: string): string {
  return `${owner.scope}.${owner.pid}.${owner.start}.${uid}`;
}

/** The owner that a folder name tells, or undefined when no instance made this folder. */
export function parseOwnerFolderName(name: string): TemporaryOwner | undefined {
  const match = FOLDER_NAME.exec(name);
  if (match === null) return undefined;
  const [, scope = "", pid = "", start = ""] = match;
  return { scope, pid: Number(pid), start };
}

/** Whether the owner still runs; undefined when that cannot be seen from here (another host, boot or container). */
export async function isAlive(owner: TemporaryOwner, here: TemporaryOwner): Promise<boolean | undefined> {
  if (owner.scope !== here.scope) return undefined;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (systemCode(error) === "ESRCH") return false; // EPERM: it runs, as another user
  }
  const seen = await processStatus(owner.pid);
  if (seen === undefined) return true;
  const isDead = seen.state === "Z" || seen.state === "X"; // ended, and nobody has asked how
  return !isDead && (owner.start === "0" || owner.start === seen.start);
}

/** Fields 3 and 22 of /proc/<pid>/stat (proc(5)); the second field may contain spaces, and ends with the last `)`. */
async function processStatus(pid: number): Promise<{ state: string; start: string } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => undefined); // not Linux, or just gone
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields?.[3 - 3], fields?.[22 - 3]];
  return state === undefined || start === undefined ? undefined : { state, start };
}
