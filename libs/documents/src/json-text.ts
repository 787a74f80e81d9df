import type { JsonObject } from "./document-store.ts";
import { DocumentStoreError } from "./document-store.ts";
import { limits } from "./limits.ts";

/**
 * The JSON text of a body, after making sure that it survives every engine unchanged.
 * @throws DocumentStoreError INVALID for anything that is not the Json of document-store.ts, and for its bounds.
 */
export function jsonText(body: JsonObject): string {
  if (!isPlainObject(body)) throw invalid("a body must be a plain object", []);
  assertJson(body, []);
  const text = JSON.stringify(body);
  if (text.length > limits.bodyCharacters) throw invalid(`a body has at most ${limits.bodyCharacters} characters`, []);
  return text;
}

/** `path` is where the value is; it is longer only while something inside is looked at, so that nothing is copied. */
function assertJson(value: unknown, path: (string | number)[]): void {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw invalid("a string has a lone surrogate", path);
      return;
    case "number":
      if (!Number.isFinite(value) || Object.is(value, -0)) throw invalid(`${format(value)} cannot be stored`, path);
      return;
    case "boolean":
      return;
    case "object":
      if (value === null) return;
      if (path.length === limits.bodyDepth) throw invalid(`nested deeper than ${limits.bodyDepth}`, path);
      if (Array.isArray(value)) assertArray(value, path);
      else assertObject(value, path);
      return;
    default:
      throw invalid(`a value of type ${typeof value} cannot be stored`, path);
  }
}

function assertArray(values: unknown[], path: (string | number)[]): void {
  for (let index = 0; index < values.length; index += 1) {
    path.push(index);
    assertJson(values[index], path);
    path.pop();
  }
}

function assertObject(value: object, path: (string | number)[]): void {
  if (!isPlainObject(value)) throw invalid("only plain objects can be stored", path);
  for (const name of Object.keys(value)) {
    if (!name.isWellFormed()) throw invalid("a name has a lone surrogate", path);
    path.push(name);
    assertJson(value[name], path);
    path.pop();
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && typeof Reflect.get(value, "toJSON") !== "function";
}

function format(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function invalid(problem: string, path: readonly (string | number)[]): DocumentStoreError {
  const place = path.map((part) => `/${part}`).join("");
  return new DocumentStoreError("INVALID", place === "" ? problem : `${problem} (at ${place})`);
}
