/** What chance decides: ids, and the two parts of a key. Digests (64 digits) are no chance and stay. */
const SECRETS = /(?<=slw_[0-9a-z]{32}_)[A-Za-z0-9_-]{43}/g;
const UIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const KEY_IDS = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g;
const ALIASES = /«[^»]*»/g;

/**
 * Stable names for what differs from world to world, by order of first appearance: the same id has the same name
 * wherever it stands, so that texts of two worlds are equal only where the same things stand in the same places.
 */
export class Aliases {
  readonly #aliases = new Map<string, string>();
  readonly #values = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The text with aliases in place of ids and secrets. */
  hide(text: string): string {
    return text
      .replace(SECRETS, (value) => this.of("secret", value))
      .replace(UIDS, (value) => this.of("uid", value))
      .replace(KEY_IDS, (value) => this.of("key", value));
  }

  /** The alias of a value that has no form of its own, such as a page token. */
  of(kind: string, value: string): string {
    const known = this.#aliases.get(value);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const alias = `«${kind} ${count}»`;
    this.#aliases.set(value, alias);
    this.#values.set(alias, value);
    return alias;
  }

  /** The text under its alias where it has one already. */
  known(value: string): string | undefined {
    return this.#aliases.get(value);
  }

  /** The text with this world's values in place of aliases. */
  show(text: string): string {
    return text.replace(ALIASES, (alias) => this.#values.get(alias) ?? alias);
  }
}
