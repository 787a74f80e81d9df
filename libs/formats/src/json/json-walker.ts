/** What is wrong with a JSON text, and where. */
export class JsonFault extends Error {
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(what);
    this.offset = offset;
  }
}

const DEEPEST = 64;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * Walks a JSON text member by member, strictly (RFC 8259), without building it: JSON.parse would hide duplicate
 * names and hold everything at once. Every method throws a JsonFault.
 */
export class JsonWalker {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Calls `member` for each name of an object, which must consume the value. Refuses duplicate names. */
  object(member: (name: string, offset: number) => void): void {
    this.#expect("{");
    if (this.#accept("}")) return;
    const names = new Set<string>();
    do {
      this.#space();
      const offset = this.#at;
      const name = this.string();
      if (names.has(name)) throw new JsonFault(`the name ${JSON.stringify(name.slice(0, 100))} occurs twice`, offset);
      names.add(name);
      this.#expect(":");
      member(name, offset);
    } while (this.#accept(","));
    this.#expect("}");
  }

  /** Calls `element` for each element of an array, which must consume it. */
  array(element: () => void): void {
    this.#expect("[");
    if (this.#accept("]")) return;
    do element();
    while (this.#accept(","));
    this.#expect("]");
  }

  string(): string {
    this.#space();
    const start = this.#at;
    if (this.#text[start] !== '"') throw new JsonFault("a text is missing", start);
    let end = start;
    do {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) throw new JsonFault("a text does not end", start);
    } while (this.#isEscaped(end));
    this.#at = end + 1;
    try {
      return JSON.parse(this.#text.slice(start, end + 1)) as string;
    } catch {
      throw new JsonFault("a text has an impossible character or escape", start);
    }
  }

  number(): number {
    return Number(this.#token(NUMBER, "a number"));
  }

  /** Consumes any value. */
  skip(depth = 0): void {
    if (depth > DEEPEST) throw new JsonFault("values are nested too deeply", this.#at);
    this.#space();
    const next = this.#text[this.#at];
    if (next === "{") this.object(() => this.skip(depth + 1));
    else if (next === "[") this.array(() => this.skip(depth + 1));
    else if (next === '"') this.string();
    else if (next !== undefined && /[tfn]/.test(next)) this.#token(LITERAL, "a value");
    else this.number();
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw new JsonFault("more follows behind the value", this.#at);
  }

  /** True when an odd number of backslashes stands before `index`. */
  #isEscaped(index: number): boolean {
    let before = index - 1;
    while (this.#text[before] === "\\") before -= 1;
    return (index - before) % 2 === 0;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw new JsonFault(`"${character}" is missing`, this.#at);
  }

  #accept(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #token(pattern: RegExp, what: string): string {
    this.#space();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) throw new JsonFault(`${what} is missing`, this.#at);
    this.#at = pattern.lastIndex;
    return match[0];
  }
}
