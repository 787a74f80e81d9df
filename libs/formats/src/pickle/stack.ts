import { OPAQUE, type Value } from "./value.ts";

/**
 * The stack and memo of the symbolic machine. It never fails: what is missing is opaque and is counted as a fault, so
 * that an import after a broken instruction is still seen.
 */
export class Stack {
  /** True once an instruction found less on the stack, or in the memo, than it needs. */
  faulty = false;
  #values: Value[] = [];
  #marks: number[] = [];
  #dense: Value[] = [];
  #sparse = new Map<number, Value>();

  /** Values on the stack and in the memo. */
  get size(): number {
    return this.#values.length + this.#dense.length + this.#sparse.size;
  }

  push(value: Value): void {
    this.#values.push(value);
  }

  /** The topmost value; it cannot lie below the last mark. */
  pop(): Value {
    if (this.#values.length <= (this.#marks.at(-1) ?? 0)) return this.#fault();
    return this.#values.pop() as Value;
  }

  /** The topmost value, which stays. */
  top(): Value {
    if (this.#values.length <= (this.#marks.at(-1) ?? 0)) return this.#fault();
    return this.#values.at(-1) as Value;
  }

  mark(): void {
    this.#marks.push(this.#values.length);
  }

  /** Takes everything above the last mark, and the mark. Keeps at most `keep` values, from the bottom. */
  popToMark(keep: number): { kept: Value[]; count: number } {
    const start = this.#marks.pop();
    if (start === undefined) {
      this.faulty = true;
      return { kept: [], count: 0 };
    }
    const count = this.#values.length - start;
    const kept = this.#values.slice(start, start + keep);
    this.#values.length = start;
    return { kept, count };
  }

  /** POP: a value, or the mark when nothing stands above it. */
  popValueOrMark(): void {
    if (this.#marks.at(-1) === this.#values.length) this.#marks.pop();
    else this.pop();
  }

  remember(index: number, value: Value): void {
    if (index > this.#dense.length) {
      this.#sparse.set(index, value);
    } else {
      this.#dense[index] = value;
      if (this.#sparse.size > 0) this.#sparse.delete(index);
    }
  }

  /** MEMOIZE: the next free place is the number of places taken. */
  rememberNext(value: Value): void {
    this.remember(this.#dense.length + this.#sparse.size, value);
  }

  recall(index: number): Value {
    const value = this.#dense[index] ?? this.#sparse.get(index);
    if (value !== undefined) return value;
    return index < this.#dense.length ? null : this.#fault();
  }

  #fault(): Value {
    this.faulty = true;
    return OPAQUE;
  }
}
