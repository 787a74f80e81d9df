import { fail } from "./fail.ts";
import type { RpcError } from "./rpc-error.ts";

/** The variables in a pattern such as `models/{model}/versions/{version}`. */
export type Variables<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Variables<Rest>
  : never;

/** What stands at the variables of a name, and the tenant where the name is full. */
export type ResourceValues<Pattern extends string> = Record<Variables<Pattern>, string> & { tenant?: string };

/** What a variable looks like, where it is not any text. */
export interface PartShape {
  test: RegExp;
  /** In words: `64 lower-case hexadecimal digits`. */
  words: string;
}

/** Longest part of a name, in characters; model names may be that long. */
const MAX_PART_CHARACTERS = 256;

/** Control characters would break logs and terminals; no part has any. */
const CONTROL = /\p{Cc}/u;

/** What stands before and behind the tenant in a name: `tenants/acme/models/iris` is `models/iris` of `acme`. */
export function tenantIn(name: string): { tenant: string | undefined; own: string } {
  const [, tenant, own] = /^tenants\/([^/]*)\/(.*)$/su.exec(name) ?? [];
  return tenant === undefined || own === undefined ? { tenant: undefined, own: name } : { tenant, own };
}

/**
 * A name without `tenants/{tenant}/` before it. Throws TENANT_FORBIDDEN for names of any tenant but the caller's, whether
 * they exist or not.
 */
export function withoutTenant(tenant: string, name: string): string {
  const { tenant: named = tenant, own } = tenantIn(name);
  if (named !== tenant) throw fail("TENANT_FORBIDDEN", { name });
  return own;
}

/** Resource names of one form (AIP-122): relative to the caller's tenant, or full with `tenants/{tenant}/` before it. */
export class ResourceName<const Pattern extends string> {
  readonly pattern: Pattern;
  readonly #shapes: { readonly [Name in Variables<Pattern>]?: PartShape };
  readonly #parts: readonly string[];
  /** The name of a tenant is full already. */
  readonly #full: boolean;

  constructor(pattern: Pattern, shapes: { readonly [Name in Variables<Pattern>]?: PartShape } = {}) {
    this.pattern = pattern;
    this.#shapes = shapes;
    this.#parts = pattern.split("/");
    this.#full = this.#parts[0] === "tenants";
  }

  /** The parts of a name, relative or full. Throws RESOURCE_NAME_INVALID; `field` is where the request has the name. */
  parse(name: string, field: string): ResourceValues<Pattern> {
    const invalid = (problem: string) => this.#invalid(name, problem, field);
    const parts = name.split("/");
    const values: Record<string, string> = {};
    if (!this.#full && parts.length === this.#parts.length + 2 && parts[0] === "tenants") {
      values.tenant = this.#part("tenant", parts[1] ?? "", invalid);
      parts.splice(0, 2);
    }
    if (parts.length !== this.#parts.length) throw invalid("it has another number of parts");
    for (const [index, expected] of this.#parts.entries()) {
      const part = parts[index] ?? "";
      const variable = expected.startsWith("{") ? expected.slice(1, -1) : undefined;
      if (variable !== undefined) values[variable] = this.#part(variable, part, invalid);
      else if (part !== expected) throw invalid(`"${part.slice(0, 64)}" stands in place of "${expected}"`);
    }
    return values as ResourceValues<Pattern>;
  }

  /** As `parse`, for names that must lie in the caller's tenant, which is left out. Throws TENANT_FORBIDDEN for any other. */
  parseIn(tenant: string, name: string, field: string): Omit<ResourceValues<Pattern>, "tenant"> {
    return this.parse(withoutTenant(tenant, name), field);
  }

  /** The name of these values; full where they have a tenant. */
  format(values: ResourceValues<Pattern>): string {
    const texts: Readonly<Record<string, string | undefined>> = values;
    const relative = this.#parts.map((part) => (part.startsWith("{") ? texts[part.slice(1, -1)] : part)).join("/");
    return this.#full || values.tenant === undefined ? relative : `tenants/${values.tenant}/${relative}`;
  }

  #part(variable: string, part: string, invalid: (problem: string) => RpcError): string {
    if (part === "") throw invalid("a part is empty");
    if ([...part].length > MAX_PART_CHARACTERS) {
      throw invalid(`a part is longer than ${MAX_PART_CHARACTERS} characters`);
    }
    if (CONTROL.test(part)) throw invalid("it contains a control character");
    const shape = (this.#shapes as Readonly<Record<string, PartShape | undefined>>)[variable];
    if (shape?.test.test(part) === false) throw invalid(`"${part}" is not ${shape.words}`);
    return part;
  }

  #invalid(name: string, problem: string, field: string): RpcError {
    const values = { name: name.slice(0, MAX_PART_CHARACTERS), problem, form: this.pattern };
    return fail("RESOURCE_NAME_INVALID", values, { field });
  }
}
