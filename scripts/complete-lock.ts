/**
 * Adds to package-lock.json an entry for every optional binary of another platform that npm left out because the
 * registry in reach did not have it. Without these entries `npm ci` refuses the lock file ("Missing: … from lock file").
 * An entry without integrity is fetched only on the platform that it is for.
 *
 * usage: node scripts/complete-lock.ts [--check]   with --check nothing is written; exits 1 when entries are missing
 */
import { readFileSync, writeFileSync } from "node:fs";

interface LockedPackage {
  version?: string;
  cpu?: string[];
  dev?: boolean;
  libc?: string[];
  optional?: boolean;
  os?: string[];
  optionalDependencies?: Record<string, string>;
}

interface LockFile {
  packages: Record<string, LockedPackage>;
}

/** The parts of a binary package's name that say where it runs, as npm's fields spell them. */
const OPERATING_SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "win32"];
const PROCESSORS: Record<string, string> = {
  aarch64: "arm64",
  arm: "arm",
  arm64: "arm64",
  armv7: "arm",
  ia32: "ia32",
  loong64: "loong64",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  wasm32: "wasm32",
  x64: "x64",
};
const LIBRARIES: Record<string, string> = {
  gnu: "glibc",
  gnueabihf: "glibc",
  musl: "musl",
  musleabihf: "musl",
};

function stubOf(name: string, version: string, dev: boolean): LockedPackage {
  const words = name.split(/[^a-z0-9]+/);
  const os = words.find((word) => OPERATING_SYSTEMS.includes(word));
  const cpu = words.map((word) => PROCESSORS[word]).find((processor) => processor !== undefined);
  const libc = words.map((word) => LIBRARIES[word]).find((library) => library !== undefined);
  if (os === undefined || cpu === undefined) {
    throw new Error(
      `${name}@${version} is missing from package-lock.json and its name does not say for which platform it is`,
    );
  }
  return {
    version,
    cpu: [cpu],
    ...(dev ? { dev } : {}),
    ...(libc === undefined ? {} : { libc: [libc] }),
    optional: true,
    os: [os],
  };
}

/** Whether Node's resolution from the package at `path` finds `name` somewhere in the lock file. */
function isLocked(lock: LockFile, path: string, name: string): boolean {
  let folder = path;
  while (folder !== "") {
    if (lock.packages[`${folder}/node_modules/${name}`] !== undefined) return true;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")));
  }
  return lock.packages[`node_modules/${name}`] !== undefined;
}

function missingEntries(lock: LockFile): Map<string, LockedPackage> {
  const missing = new Map<string, LockedPackage>();
  for (const [path, owner] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      if (!isLocked(lock, path, name)) missing.set(`node_modules/${name}`, stubOf(name, version, owner.dev === true));
    }
  }
  return missing;
}

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8")) as LockFile;
const missing = missingEntries(lock);
if (missing.size > 0 && process.argv.includes("--check")) {
  console.error(
    `package-lock.json lacks ${missing.size} platform binaries: run \`npm run lock\` and commit the result.`,
  );
  process.exitCode = 1;
} else if (missing.size > 0) {
  const entries = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) });
  entries.sort(([a], [b]) => a.localeCompare(b, "en"));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
  console.log(`Added ${missing.size} entries to package-lock.json.`);
}
