import { ManifestError, type ManifestErrorCode } from "./manifest-error.ts";

/** 1,024 bytes of UTF-8: as long as S3 lets a key be. */
export const MAX_PATH_BYTES = 1024;

/** 255 bytes of UTF-8: the longest name that Linux and macOS disks hold. */
export const MAX_PATH_PART_BYTES = 255;

const CONTROL_CHARACTER = /\p{Cc}/u;
const WINDOWS_DRIVE = /^[A-Za-z]:\//;

/**
 * Throws ManifestError when the path may not stand in a manifest. It must be relative, with `/` between its parts,
 * well-formed Unicode in NFC, without control characters (NUL among them) and backslashes, without empty parts, `.`
 * and `..`, and no longer than {@link MAX_PATH_BYTES}, each part no longer than {@link MAX_PATH_PART_BYTES}.
 */
export function checkPath(path: string): void {
  const violation = findViolation(path);
  if (violation === undefined) return;
  const [code, advice] = violation;
  throw new ManifestError(code, `The path ${quotePath(path)} ${advice}.`, { path });
}

/** The path for a message: escaped, and shortened when it is long. */
export function quotePath(path: string): string {
  const characters = Array.from(path.slice(0, 400));
  return JSON.stringify(characters.length > 100 ? `${characters.slice(0, 100).join("")}…` : path);
}

function findViolation(path: string): [code: ManifestErrorCode, advice: string] | undefined {
  if (path === "") return ["PATH_EMPTY", "is empty: name the file"];
  if (!path.isWellFormed()) return ["PATH_NOT_UNICODE", "is not well-formed Unicode: rename the file"];
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    return ["PATH_TOO_LONG", `is longer than ${MAX_PATH_BYTES} bytes in UTF-8: use shorter names or fewer folders`];
  }
  if (CONTROL_CHARACTER.test(path)) return ["PATH_CONTROL_CHARACTER", "has a control character: rename the file"];
  if (path.includes("\\")) return ["PATH_BACKSLASH", 'has a backslash: separate folders by "/", or rename the file'];
  if (path.startsWith("/") || WINDOWS_DRIVE.test(path)) {
    return ["PATH_ABSOLUTE", "is absolute: give it relative to the pushed folder"];
  }
  const parts = path.split("/");
  if (parts.includes("")) return ["PATH_EMPTY_PART", 'has an empty part: use single "/", and none at the end'];
  if (parts.includes(".") || parts.includes("..")) {
    return ["PATH_DOT_PART", 'has a part "." or "..": give the path without them'];
  }
  if (parts.some((part) => Buffer.byteLength(part) > MAX_PATH_PART_BYTES)) {
    return ["PATH_TOO_LONG", `has a name longer than ${MAX_PATH_PART_BYTES} bytes in UTF-8: use a shorter one`];
  }
  if (path.normalize("NFC") !== path) {
    return ["PATH_NOT_NFC", "is not in Unicode normalization form C: convert it to NFC"];
  }
  return undefined;
}
