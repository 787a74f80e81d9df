/** Something whose content does not matter: a list, bytes, a float, a long text, an unknown object. */
export const OPAQUE = Symbol("opaque");

/** A class, function or module attribute that the pickle imports. */
export class Import {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }

  /** True when it is `module.name`. */
  is(module: string, name: string): boolean {
    return this.module === module && this.name === name;
  }
}

/** A tuple that is short enough to be kept. */
export class Tuple {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** A dictionary; only its first entries with text keys are kept. */
export class Dictionary {
  readonly entries = new Map<string, Value>();
}

/** What a call of an import gave. */
export class Instance {
  readonly of: Import;
  readonly args: Value;
  state: Value = OPAQUE;

  constructor(of: Import, args: Value) {
    this.of = of;
    this.args = args;
  }
}

/** What stands on the stack of the symbolic machine. Numbers beyond exact integers are opaque. */
export type Value = string | number | boolean | null | typeof OPAQUE | Import | Tuple | Dictionary | Instance;
