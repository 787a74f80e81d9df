import type { RuleId } from "../rules.ts";
import type { Decoder } from "./decoder.ts";
import { Stack } from "./stack.ts";
import { Dictionary, Import, Instance, OPAQUE, Tuple, type Value } from "./value.ts";

/** Tuples longer than this are opaque; the state of a numpy dtype has up to nine items. */
export const KEPT_ITEMS = 16;
/** Entries kept of one dictionary; the state of a NumpyArrayWrapper has six. */
export const KEPT_ENTRIES = 64;

/** What the machine tells while it runs. */
export interface Observer {
  /** An import, before anything is done with it; once for each name. */
  imported(what: Import, offset: number): void;
  /** An import is called. */
  called(what: Import): void;
  /** A value that stands for bytes outside the pickle, such as a storage of PyTorch. */
  persistent(id: Value, offset: number): void;
  /** BUILD: `target` received its state. */
  built(target: Value, state: Value): void;
  found(ruleId: RuleId, what: string, offset: number): void;
}

/** What an opcode does to the machine; the operation's arguments stand in the decoder. */
export type Instruction = (machine: Machine, operation: Decoder) => void;
/** Instructions by code. */
export type Instructions = Readonly<Record<number, Instruction>>;

/**
 * Runs a pickle symbolically: follows what stands on the stack and in the memo well enough to know what is imported
 * and called, and executes nothing.
 */
export class Machine {
  readonly stack = new Stack();
  readonly observer: Observer;
  #keptObjects = 0;
  readonly #imports = new Map<string, Import>();

  constructor(observer: Observer) {
    this.observer = observer;
  }

  /** Rough cost of what is kept, in objects of about 32 bytes. */
  get cost(): number {
    return this.stack.size + this.#keptObjects;
  }

  /** A text as a value; opaque when it was too long to be kept. */
  text(text: string | undefined): Value {
    if (text === undefined) return OPAQUE;
    this.#keptObjects += text.length / 32;
    return text;
  }

  /** A tuple of `count` items of which `kept` were kept. */
  tuple(kept: readonly Value[], count: number): Value {
    if (count > kept.length) return OPAQUE;
    this.#keptObjects += 2 + kept.length / 4;
    return new Tuple(kept);
  }

  /** A dictionary of keys and values in turn. */
  dictionary(items: readonly Value[]): Dictionary {
    this.#keptObjects += 6;
    const dictionary = new Dictionary();
    this.#setEntries(dictionary, items);
    return dictionary;
  }

  /** Puts keys and values, in turn, into the topmost value. */
  setItems(items: readonly Value[], operation: Decoder): void {
    const target = this.stack.top();
    this.changed(target, operation);
    if (target instanceof Dictionary) this.#setEntries(target, items);
  }

  #setEntries(dictionary: Dictionary, items: readonly Value[]): void {
    for (let at = 0; at + 1 < items.length; at += 2) {
      const key = items[at];
      if (typeof key !== "string" || dictionary.entries.size >= KEPT_ENTRIES) continue;
      dictionary.entries.set(key, items[at + 1] as Value);
      this.#keptObjects += 2;
    }
  }

  /** The import of a name, which is told to the observer the first time. */
  importName(module: string, name: string, operation: Decoder): Import {
    const key = `${module}\n${name}`;
    const known = this.#imports.get(key);
    if (known) return known;
    const fresh = new Import(module, name);
    this.#imports.set(key, fresh);
    this.#keptObjects += 4 + key.length / 16;
    this.observer.imported(fresh, operation.offset);
    return fresh;
  }

  /** What calling `callee` gives. */
  call(callee: Value, args: Value, operation: Decoder): Value {
    if (!(callee instanceof Import)) {
      const what = "the pickle calls something that it made itself instead of an import";
      this.observer.found("pickle.call", what, operation.offset);
      return OPAQUE;
    }
    this.observer.called(callee);
    this.#keptObjects += 2;
    const rebuilt = isRebuilder(callee) && args instanceof Tuple ? args.items[0] : undefined;
    return new Instance(rebuilt instanceof Import ? rebuilt : callee, args);
  }

  /** Something is put into `target`, which must not be an import. */
  changed(target: Value, operation: Decoder): void {
    if (!(target instanceof Import)) return;
    const what = `the pickle changes ${target.module}.${target.name} itself inside the program that loads it`;
    this.observer.found("pickle.change-import", what, operation.offset);
  }
}

/** Functions of copyreg that make an object of the class in their first argument. */
function isRebuilder(callee: Import): boolean {
  if (callee.module !== "copyreg" && callee.module !== "copy_reg") return false;
  return callee.name === "_reconstructor" || callee.name === "__newobj__" || callee.name === "__newobj_ex__";
}
