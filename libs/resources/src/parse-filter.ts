import type { Filter } from "@slipway/documents";
import { fail } from "@slipway/rpc";
import type { Comparator, FilterField } from "./filter-fields.ts";
import { type Token, tokenize } from "./filter-tokens.ts";

/** Deeper than any person writes; below the port's own bound of 32. */
const MAX_DEPTH = 20;
/** Below the port's own bound of 256 nodes, with room for what a service adds. */
const MAX_COMPARISONS = 100;

/**
 * Reads a filter in the language of AIP-160: comparisons `field = value` with = != < <= > >=, combined with AND, OR
 * (which binds closer than AND, as the AIP has it), NOT or `-`, and parentheses. Values with spaces or symbols stand in
 * double quotes. An empty text gives undefined: everything. Refuses with FILTER_INVALID, which says at which character
 * and what was expected there.
 */
export function parseFilter(text: string, fields: Readonly<Record<string, FilterField>>): Filter | undefined {
  const tokens = tokenize(text);
  if (tokens.length === 1) return undefined;
  return new FilterParser(tokens, fields).parse();
}

class FilterParser {
  readonly #tokens: Token[];
  readonly #fields: Readonly<Record<string, FilterField>>;
  #next = 0;
  #comparisons = 0;

  constructor(tokens: Token[], fields: Readonly<Record<string, FilterField>>) {
    this.#tokens = tokens;
    this.#fields = fields;
  }

  parse(): Filter {
    const filter = this.#conjunction(1);
    if (this.#peek().kind !== "end") throw expected("AND, OR or the end", this.#peek());
    return filter;
  }

  #conjunction(depth: number): Filter {
    if (depth > MAX_DEPTH) throw invalid(this.#peek(), `it is nested more than ${MAX_DEPTH} deep`);
    const parts = [this.#disjunction(depth)];
    while (this.#accept("AND")) parts.push(this.#disjunction(depth));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { and: parts };
  }

  #disjunction(depth: number): Filter {
    const parts = [this.#negation(depth)];
    while (this.#accept("OR")) parts.push(this.#negation(depth));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { or: parts };
  }

  #negation(depth: number): Filter {
    if (this.#accept("NOT") || this.#accept("-") || this.#acceptMinus()) return { not: this.#simple(depth) };
    return this.#simple(depth);
  }

  #simple(depth: number): Filter {
    if (this.#peek().kind !== "open") return this.#comparison();
    this.#take();
    const inner = this.#conjunction(depth + 1);
    if (this.#peek().kind !== "close") throw expected("AND, OR or )", this.#peek());
    this.#take();
    return inner;
  }

  #comparison(): Filter {
    const name = this.#take();
    if (name.kind !== "word") throw expected("a field or (", name);
    const [fieldName = "", ...rest] = name.value.split(".");
    const field = Object.hasOwn(this.#fields, fieldName) ? this.#fields[fieldName] : undefined;
    const key = rest.join(".");
    if (field === undefined || field.keyed !== rest.length > 0 || (field.keyed && key === "")) {
      throw invalid(name, `there is no field "${name.value}", use one of ${this.#known()}`);
    }
    const comparator = this.#take();
    if (comparator.kind !== "comparator") throw expected("=, !=, <, <=, > or >=", comparator);
    const value = this.#take();
    if (value.kind !== "word" && value.kind !== "text") throw expected("a value", value);
    this.#comparisons += 1;
    if (this.#comparisons > MAX_COMPARISONS) throw invalid(name, `it has more than ${MAX_COMPARISONS} comparisons`);
    const filter = field.compare(comparator.value as Comparator, value.value, key);
    if ("problem" in filter) throw invalid(value, filter.problem);
    return filter;
  }

  #known(): string {
    return Object.entries(this.#fields)
      .map(([name, field]) => (field.keyed ? `${name}.<key>` : name))
      .join(", ");
  }

  #accept(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== "word" || token.value !== word) return false;
    this.#next += 1;
    return true;
  }

  /** The minus of `-state = READY`; what follows it stays. */
  #acceptMinus(): boolean {
    const { kind, value, position } = this.#peek();
    if (kind !== "word" || !/^-./.test(value)) return false;
    this.#tokens[this.#next] = { kind, value: value.slice(1), position: position + 1 };
    return true;
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] as Token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }
}

function invalid(token: Token, problem: string) {
  return fail("FILTER_INVALID", { position: token.position, problem });
}

function expected(what: string, token: Token) {
  return invalid(token, `expected ${what}, found ${token.kind === "end" ? "the end" : `"${token.value}"`}`);
}
