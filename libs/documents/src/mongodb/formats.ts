import { DocumentStoreError } from "../document-store.ts";
import { type Entries, type Entry, FORMATS_ID, type FormatsEntry } from "./layout.ts";
import { isDuplicateKey } from "./mongo-failure.ts";

interface KnownCollection {
  name: string;
  formatVersion: number;
}

/**
 * The formats of the collections as the database knows them; older code is refused before it damages anything. Each
 * change of a format counts up a generation, which every commit compares with the one that this process has seen.
 */
export class Formats {
  readonly #entries: Entries;
  readonly #known: KnownCollection[];
  #generation = 0;

  constructor(entries: Entries, known: KnownCollection[]) {
    this.#entries = entries;
    this.#known = known;
  }

  /** The generation of the formats that this process has found not to be newer than its own. */
  get generation(): number {
    return this.#generation;
  }

  /** Makes and raises what is missing or older; returns the collections that must be indexed again. */
  async register(): Promise<string[]> {
    for (;;) {
      const stored = await this.#read();
      this.#assertNoneNewer(stored);
      const formats = { ...stored.formats };
      for (const { name, formatVersion } of this.#known) {
        const { format = 0, indexed = formatVersion } = formats[name] ?? {};
        formats[name] = { format: Math.max(format, formatVersion), indexed };
      }
      const changed = this.#known.some(({ name }) => formats[name]?.format !== stored.formats[name]?.format);
      const generation = stored.generation + 1;
      if (!changed || (await this.#write(stored.generation, { generation, formats }))) {
        this.#generation = changed ? generation : stored.generation;
        return this.#known.flatMap(({ name }) => {
          const { format = 0, indexed = 0 } = formats[name] ?? {};
          return indexed < format ? [name] : [];
        });
      }
    }
  }

  /** After a commit has found another generation. @throws DocumentStoreError NEWER_FORMAT */
  async refresh(): Promise<void> {
    const stored = await this.#read();
    this.#assertNoneNewer(stored);
    this.#generation = stored.generation;
  }

  async finishReindex(name: string, formatVersion: number): Promise<void> {
    await this.#entries.updateOne(
      { _id: FORMATS_ID, [`formats.${name}.format`]: formatVersion },
      { $set: { [`formats.${name}.indexed`]: formatVersion } },
    );
  }

  async #read(): Promise<Pick<FormatsEntry, "generation" | "formats">> {
    const { generation = 0, formats = {} } = (await this.#entries.findOne({ _id: FORMATS_ID })) ?? ({} as Entry);
    return { generation, formats };
  }

  /** False where another process was faster. */
  async #write(generation: number, next: Pick<FormatsEntry, "generation" | "formats">): Promise<boolean> {
    try {
      const filter = { _id: FORMATS_ID, ...(generation > 0 && { generation }) };
      if (generation === 0) await this.#entries.insertOne({ _id: FORMATS_ID, ...next });
      else return (await this.#entries.updateOne(filter, { $set: next })).matchedCount === 1;
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  #assertNoneNewer({ formats }: Pick<FormatsEntry, "formats">): void {
    for (const { name, formatVersion } of this.#known) {
      const stored = formats[name]?.format ?? 0;
      if (stored <= formatVersion) continue;
      throw new DocumentStoreError(
        "NEWER_FORMAT",
        `collection ${name} has format ${stored}; this code knows ${formatVersion}. Start the newer release`,
      );
    }
  }
}
