import { clone, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { fail } from "@slipway/rpc";

/**
 * What an update makes of a resource (AIP-134): `current` with the fields of the mask taken from `patch`. `updatable`
 * names the fields that may change, as in the proto; of a map field single entries may be named too (`tags.env`; an
 * entry that the patch lacks is removed). No mask: every updatable field that the patch sets. `*`: all of them, also
 * those that the patch leaves empty. Any other path is refused with MASK_PATH_INVALID.
 */
export function applyMask<S extends DescMessage>(
  schema: S,
  current: MessageShape<S>,
  patch: MessageShape<S>,
  mask: { paths: string[] } | undefined,
  updatable: readonly string[],
): MessageShape<S> {
  const result = clone(schema, current);
  const target = result as Record<string, unknown>;
  const source = patch as Record<string, unknown>;
  for (const path of pathsOf(mask, schema, source, updatable)) {
    const [name = "", ...rest] = path.split(".");
    const key = rest.join(".");
    const field = schema.fields.find((candidate) => candidate.name === name);
    if (
      field === undefined ||
      !updatable.includes(name) ||
      (rest.length > 0 && (field.fieldKind !== "map" || key === ""))
    ) {
      throw fail("MASK_PATH_INVALID", { path, known: updatable.join(", ") });
    }
    if (rest.length === 0) target[field.localName] = source[field.localName];
    else setEntry(target[field.localName], source[field.localName], key);
  }
  return result;
}

function pathsOf(
  mask: { paths: string[] } | undefined,
  schema: DescMessage,
  source: Record<string, unknown>,
  updatable: readonly string[],
): readonly string[] {
  if (mask === undefined || mask.paths.length === 0) {
    return updatable.filter((name) => {
      const field = schema.fields.find((candidate) => candidate.name === name);
      return field !== undefined && isSet(source[field.localName]);
    });
  }
  return mask.paths.length === 1 && mask.paths[0] === "*" ? updatable : mask.paths;
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === "" || value === 0 || value === 0n || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || value === null || "$typeName" in value || Object.keys(value).length > 0;
}

function setEntry(target: unknown, source: unknown, key: string): void {
  const entries = target as Record<string, unknown>;
  const given = source as Record<string, unknown>;
  if (Object.hasOwn(given, key)) entries[key] = given[key];
  else delete entries[key];
}
