const DRIVE = /^[A-Za-z]:/;

/** What is wrong with the name of an archive's member, as a clause; undefined for a harmless one. */
export function nameFault(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name.startsWith("/") || DRIVE.test(name)) return "is absolute";
  if (name.includes("\\")) return "has a backslash";
  if (name.includes("\0")) return "has a NUL";
  if (name.split("/").includes("..")) return "leads out of the folder where it is unpacked";
  return undefined;
}

/** Where a link leads relative to the top of the archive; undefined when that is outside. */
export function linkTarget(memberName: string, target: string): string | undefined {
  if (target.startsWith("/") || DRIVE.test(target) || target.includes("\\")) return undefined;
  const parts: string[] = [];
  const folder = memberName.split("/").slice(0, -1);
  for (const part of [...folder, ...target.split("/")]) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") {
      parts.push(part);
    }
  }
  return parts.join("/");
}

/** How two names are told apart on file systems that ignore case and composition. */
export function comparable(name: string): string {
  return name.normalize("NFC").toLowerCase().replace(/\/+$/, "");
}

/** A name for a message: quoted, at most 200 characters. */
export function shown(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}
