import type { Filter } from "@slipway/documents";
import { fail } from "@slipway/rpc";
import type { Comparator, ComparisonProblem, FilterField, Operand } from "./filter-fields.ts";
import { filterSize } from "./filter-size.ts";
import { type Token, tokenize, withoutEscapes } from "./filter-tokens.ts";

/** Deeper than any person writes. */
const MAX_PARENTHESES = 20;
/** The port's own bound is 32; what a service adds around it takes two. */
const MAX_DEPTH = 30;
const MAX_COMPARISONS = 100;
/** The port's own bound is 256; the rest is room for what a service adds, such as the words of a query. */
const MAX_NODES = 200;

/** What a bare word, or a text in quotes, finds; the words of a text are all wanted. */
export type WordSearch = (operand: Operand) => Filter | ComparisonProblem;

/**
 * Reads a filter in the language of AIP-160: comparisons `field = value` with = != < <= > >= and : (has), bare words
 * where `words` says what they find, combined with AND (or nothing between them), OR (which binds closer than AND, as the
 * AIP has it), NOT or `-`, and parentheses. Values with spaces or symbols stand in double quotes; a star at the end of
 * one stands for anything. An empty text gives undefined: everything. Refuses with FILTER_INVALID, which says at which
 * character and what was expected there.
 */
export function parseFilter(
  text: string,
  fields: Readonly<Record<string, FilterField>>,
  words?: WordSearch,
): Filter | undefined {
  const tokens = tokenize(text);
  if (tokens.length === 1) return undefined;
  return new FilterParser(tokens, fields, words).parse();
}

class FilterParser {
  readonly #tokens: Token[];
  readonly #fields: Readonly<Record<string, FilterField>>;
  readonly #words: WordSearch | undefined;
  #next = 0;
  #comparisons = 0;

  constructor(tokens: Token[], fields: Readonly<Record<string, FilterField>>, words: WordSearch | undefined) {
    this.#tokens = tokens;
    this.#fields = fields;
    this.#words = words;
  }

  parse(): Filter {
    const first = this.#peek();
    const filter = this.#conjunction(1);
    if (this.#peek().kind !== "end") throw expected("AND, OR or the end", this.#peek());
    const { nodes, depth } = filterSize(filter);
    if (depth > MAX_DEPTH) throw invalid(first, "it is nested too deep, with AND, OR and NOT inside each other");
    if (nodes > MAX_NODES) throw invalid(first, `it has ${nodes} parts; at most ${MAX_NODES}`);
    return filter;
  }

  #conjunction(depth: number): Filter {
    if (depth > MAX_PARENTHESES) throw invalid(this.#peek(), `it is nested more than ${MAX_PARENTHESES} deep`);
    const parts = [this.#disjunction(depth)];
    while (this.#accept("AND") || this.#beginsTerm()) parts.push(this.#disjunction(depth));
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
    if (this.#peek().kind !== "open") return this.#restriction();
    this.#take();
    const inner = this.#conjunction(depth + 1);
    if (this.#peek().kind !== "close") throw expected("AND, OR or )", this.#peek());
    this.#take();
    return inner;
  }

  #restriction(): Filter {
    const token = this.#take();
    const isText = token.kind === "word" || token.kind === "text";
    if (!isText || (token.kind === "word" && isKeyword(token.value))) {
      throw expected(this.#words === undefined ? "a field or (" : "a field, a word or (", token);
    }
    this.#comparisons += 1;
    if (this.#comparisons > MAX_COMPARISONS) throw invalid(token, `it has more than ${MAX_COMPARISONS} comparisons`);
    if (this.#peek().kind === "comparator") return this.#comparison(token);
    if (this.#words === undefined) throw expected("=, !=, <, <=, >, >= or :", this.#peek());
    return accepted(this.#words(operandOf(token)), token);
  }

  #comparison(name: Token): Filter {
    const [fieldName = "", ...rest] = name.value.split(".");
    const field = name.kind === "word" && Object.hasOwn(this.#fields, fieldName) ? this.#fields[fieldName] : undefined;
    const key = keyOf(rest.join("."));
    const isKnown = !name.prefix && (rest.length === 0 || (field?.keyed === true && key !== ""));
    if (field === undefined || !isKnown) {
      throw invalid(name, `there is no field "${name.value}", use one of ${this.#known()}`);
    }
    const comparator = this.#take();
    const value = this.#take();
    if (value.kind !== "word" && value.kind !== "text") throw expected("a value", value);
    return accepted(field.compare(comparator.value as Comparator, operandOf(value), key), value);
  }

  #known(): string {
    return Object.entries(this.#fields)
      .map(([name, field]) => (field.keyed ? `${name}.<key>` : name))
      .join(", ");
  }

  /** Whether what follows may begin a term: terms that only spaces part are all wanted. */
  #beginsTerm(): boolean {
    const { kind, value } = this.#peek();
    return kind === "open" || kind === "text" || (kind === "word" && (value === "NOT" || !isKeyword(value)));
  }

  #accept(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== "word" || token.value !== word || token.prefix) return false;
    this.#next += 1;
    return true;
  }

  /** The minus of `-state = READY`; what follows it stays. */
  #acceptMinus(): boolean {
    const token = this.#peek();
    if (token.kind !== "word" || !/^-./.test(token.value)) return false;
    this.#tokens[this.#next] = { ...token, value: token.value.slice(1), position: token.position + 1 };
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

function isKeyword(word: string): boolean {
  return word === "AND" || word === "OR" || word === "NOT";
}

/** A key, without the quotes that it may stand in. */
function keyOf(written: string): string {
  return /^".*"$/s.test(written) ? withoutEscapes(written.slice(1, -1)) : written;
}

function operandOf({ value, prefix }: Token): Operand {
  return { text: value, prefix };
}

function accepted(filter: Filter | ComparisonProblem, token: Token): Filter {
  if ("problem" in filter) throw invalid(token, filter.problem);
  return filter;
}

function invalid(token: Token, problem: string) {
  return fail("FILTER_INVALID", { position: token.position, problem });
}

function expected(what: string, token: Token) {
  return invalid(token, `expected ${what}, found ${token.kind === "end" ? "the end" : `"${token.value}"`}`);
}
