import { fail } from "../fail.ts";

/** What HTTP/2 carries in a name and, as gRPC limits it, in a text value. */
const NAME = /^[0-9a-z_.-]+$/;
const VALUE = /^[\x20-\x7e]*$/;

/** Headers by their names in lower case; later ones replace earlier ones. Throws HEADER_INVALID. */
export function mergeHeaders(...headers: Readonly<Record<string, string>>[]): Map<string, string> {
  const merged = new Map<string, string>();
  for (const [anyCaseName, value] of headers.flatMap((each) => Object.entries(each))) {
    const name = anyCaseName.toLowerCase();
    if (!NAME.test(name) || name.endsWith("-bin") || !VALUE.test(value)) throw fail("HEADER_INVALID", { name });
    merged.set(name, value);
  }
  return merged;
}
