import type { CommitOutcome } from "../document-store.ts";
import type { PreparedCommit, PreparedWrite } from "../prepared-commit.ts";
import { entryId, outcomeId } from "./layout.ts";

/** Transactions under way at once: enough that the server always has one to sync while it works on the next. */
const MOST_GROUPS = 4;
/** What a transaction holds at most: it is short beside the time of a sync, and far below the server's bounds. */
const MOST_COMMITS_PER_GROUP = 32;
const MOST_CHARACTERS_PER_GROUP = 4 * 1024 * 1024;

interface Waiting {
  request: PreparedCommit;
  /** Every entry that it changes or must find absent. */
  changed: string[];
  /** Every entry that it only checks; several commits of one group may check the same one. */
  checked: string[];
  characters: number;
  resolve(outcome: CommitOutcome): void;
  reject(error: unknown): void;
}

type RunGroup = (requests: PreparedCommit[]) => Promise<PromiseSettledResult<CommitOutcome>[]>;

/**
 * Commits of this process on their way to the database: those that come together share a transaction and its sync. Two
 * that touch one document are never under way at once, since MongoDB would refuse one of them: they go in the order in
 * which they came. Those that do no more than check it go together, in one transaction.
 */
export class CommitQueue {
  readonly #run: RunGroup;
  #waiting: Waiting[] = [];
  readonly #busy = new Set<string>();
  #groups = 0;
  #planned = false;

  constructor(run: RunGroup) {
    this.#run = run;
  }

  add(request: PreparedCommit): Promise<CommitOutcome> {
    return new Promise((resolve, reject) => {
      const checks = request.writes.filter(isCheck);
      const changes = request.writes.filter((write) => !isCheck(write));
      const [changed, checked] = [[outcomeId(request.commitId), ...changes.map(entryId)], checks.map(entryId)];
      const characters = request.writes.reduce((sum, { content }) => sum + (content?.body.length ?? 0), 0);
      this.#waiting.push({ request, changed, checked, characters, resolve, reject });
      this.#plan();
    });
  }

  /** Once whatever else asks in this turn of the event loop has come. */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      this.#startGroups();
    });
  }

  #startGroups(): void {
    while (this.#groups < MOST_GROUPS && this.#waiting.length > 0) {
      const group = this.#takeGroup();
      if (group.length === 0) return;
      void this.#runGroup(group);
    }
  }

  #takeGroup(): Waiting[] {
    const group: Waiting[] = [];
    const rest: Waiting[] = [];
    // What a commit of this group changes, or one that has to wait touches.
    const claimed = new Set<string>();
    const checked = new Set<string>();
    let characters = 0;
    for (const [index, waiting] of this.#waiting.entries()) {
      const fits = group.length === 0 || characters + waiting.characters <= MOST_CHARACTERS_PER_GROUP;
      if (group.length === MOST_COMMITS_PER_GROUP || !fits) {
        rest.push(...this.#waiting.slice(index));
        break;
      }
      const taken = (id: string) => this.#busy.has(id) || claimed.has(id);
      const free = !waiting.changed.some((id) => taken(id) || checked.has(id)) && !waiting.checked.some(taken);
      for (const id of waiting.changed) claimed.add(id);
      // Whoever waits for a document goes before those that come later for it.
      for (const id of waiting.checked) (free ? checked : claimed).add(id);
      if (!free) {
        rest.push(waiting);
        continue;
      }
      group.push(waiting);
      characters += waiting.characters;
    }
    this.#waiting = rest;
    return group;
  }

  async #runGroup(group: Waiting[]): Promise<void> {
    this.#groups += 1;
    const touched = new Set(group.flatMap(({ changed, checked }) => [...changed, ...checked]));
    for (const id of touched) this.#busy.add(id);
    const results = await this.#run(group.map(({ request }) => request)).catch((reason: unknown) =>
      group.map(() => ({ status: "rejected", reason }) as const),
    );
    this.#groups -= 1;
    for (const id of touched) this.#busy.delete(id);
    this.#startGroups();
    for (const [index, { resolve, reject }] of group.entries()) {
      const result = results[index];
      if (result?.status === "fulfilled") resolve(result.value);
      else reject(result?.reason);
    }
  }
}

function isCheck({ kind, revision }: PreparedWrite): boolean {
  return kind === "check" && revision > 0;
}
