import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What a push must remember to go on after a cut. */
export interface PushRecord {
  /** `uploads/{uid}`. */
  upload: string;
  /** Request id of its CreateVersion, so that trying again makes no second version. */
  requestId: string;
}

/** One file per unfinished push in the client's state folder. It is a convenience: losing it costs time, not data. */
export class PushJournal {
  readonly #file: string;

  /** `identity` is everything that makes two pushes the same one: server, tenant, model, artifact, options. */
  constructor(stateFolder: string, identity: unknown) {
    const name = createHash("sha256").update(JSON.stringify(identity)).digest("hex");
    this.#file = join(stateFolder, "pushes", `${name}.json`);
  }

  async read(): Promise<PushRecord | undefined> {
    try {
      const record: unknown = JSON.parse(await readFile(this.#file, "utf8"));
      return isRecord(record) ? record : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  async write(record: PushRecord): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    const temporary = `${this.#file}.${randomUUID()}`;
    await writeFile(temporary, JSON.stringify(record));
    await rename(temporary, this.#file);
  }

  async forget(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

function isRecord(value: unknown): value is PushRecord {
  if (typeof value !== "object" || value === null) return false;
  const { upload, requestId } = value as Partial<PushRecord>;
  return typeof upload === "string" && typeof requestId === "string";
}
