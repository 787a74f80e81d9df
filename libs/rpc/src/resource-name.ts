import { fail } from "./fail.ts";

/** The variables in a pattern such as `models/{model}/versions/{version}`. */
export type Variables<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Variables<Rest>
  : never;

/** What stands at the variables of a name, and the tenant where the name is full. */
export type ResourceValues<Pattern extends string> = Record<Variables<Pattern>, string> & { tenant?: string };

/** Longest part of a name, in characters; model names may be that long. */
const MAX_PART_CHARACTERS = 256;

/** Control characters would break logs and terminals; no part has any. */
const CONTROL = /\p{Cc}/u;

/** Resource names of one form (AIP-122): relative to the caller's tenant, or full with `tenants/{tenant}/` before it. */
export class ResourceName<const Pattern extends string> {
  readonly pattern: Pattern;
  readonly #parts: readonly string[];
  /** The name of a tenant is full already. */
  readonly #full: boolean;

  constructor(pattern: Pattern) {
    this.pattern = pattern;
    this.#parts = pattern.split("/");
    this.#full = this.#parts[0] === "tenants";
  }

  /** The parts of a name, relative or full. Throws RESOURCE_NAME_INVALID. */
  parse(name: string): ResourceValues<Pattern> {
    const parts = name.split("/");
    const values: Record<string, string> = {};
    if (!this.#full && parts.length === this.#parts.length + 2 && parts[0] === "tenants") {
      values.tenant = this.#part(name, parts[1] ?? "");
      parts.splice(0, 2);
    }
    if (parts.length !== this.#parts.length) throw this.#invalid(name, "it has another number of parts");
    for (const [index, expected] of this.#parts.entries()) {
      const part = parts[index] ?? "";
      if (expected.startsWith("{")) values[expected.slice(1, -1)] = this.#part(name, part);
      else if (part !== expected) throw this.#invalid(name, `"${part.slice(0, 64)}" stands in place of "${expected}"`);
    }
    return values as ResourceValues<Pattern>;
  }

  /** As `parse`, for names that must lie in the caller's tenant. Throws TENANT_NOT_FOUND for any other. */
  parseIn(tenant: string, name: string): ResourceValues<Pattern> {
    const values = this.parse(name);
    if (values.tenant !== undefined && values.tenant !== tenant) {
      throw fail("TENANT_NOT_FOUND", { name: `tenants/${values.tenant}` });
    }
    return values;
  }

  /** The name of these values; full where they have a tenant. */
  format(values: ResourceValues<Pattern>): string {
    const texts: Readonly<Record<string, string | undefined>> = values;
    const relative = this.#parts.map((part) => (part.startsWith("{") ? texts[part.slice(1, -1)] : part)).join("/");
    return this.#full || values.tenant === undefined ? relative : `tenants/${values.tenant}/${relative}`;
  }

  #part(name: string, part: string): string {
    if (part === "") throw this.#invalid(name, "a part is empty");
    if ([...part].length > MAX_PART_CHARACTERS) {
      throw this.#invalid(name, `a part is longer than ${MAX_PART_CHARACTERS} characters`);
    }
    if (CONTROL.test(part)) throw this.#invalid(name, "it contains a control character");
    return part;
  }

  #invalid(name: string, problem: string) {
    const shown = name.slice(0, MAX_PART_CHARACTERS).replaceAll(new RegExp(CONTROL, "gu"), "\uFFFD");
    return fail("RESOURCE_NAME_INVALID", { name: shown, problem, form: this.pattern });
  }
}
