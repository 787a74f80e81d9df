import { RULES, type RuleId } from "../rules.ts";
import { isArrayWrapper } from "./joblib-array.ts";
import { judgeImport } from "./judge-import.ts";
import type { Observer } from "./machine.ts";
import { Dictionary, type Import, type Instance, Tuple, type Value } from "./value.ts";

/** Something found in a pickle, before it is known whether the content is one. */
export interface PickleFinding {
  readonly ruleId: RuleId;
  readonly what: string;
  readonly offset: number;
}

/** Where a pickle stands: PyTorch and TorchScript give persistent ids and names a meaning of their own. */
export type PickleSetting = "alone" | "pytorch" | "torchscript";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/** Collects what the pickles of one content import and do. */
export class PickleScan implements Observer {
  readonly findings: PickleFinding[] = [];
  /** First parts of the modules imported, such as `sklearn`. */
  readonly libraries = new Set<string>();
  operations = 0;
  /** A dangerous import was seen, or a well-named import was called: by then a loader has run it. */
  hasActed = false;
  hasArrays = false;
  sklearnVersion: string | undefined;
  /** Numbers in the storages of PyTorch, by storage key. */
  readonly storages = new Map<string, number>();
  /** Set when the machine built a NumpyArrayWrapper: its data comes next in the file. */
  pendingArray: Instance | undefined;
  readonly #setting: PickleSetting;
  readonly #mostFindings: number;

  constructor(setting: PickleSetting, mostFindings: number) {
    this.#setting = setting;
    this.#mostFindings = mostFindings;
  }

  imported({ module, name }: Import, offset: number): void {
    const judgement = judgeImport(module, name, this.#setting === "torchscript");
    const library = module.split(".", 1)[0] as string;
    if (judgement === "ALLOWED") {
      this.libraries.add(library);
      return;
    }
    const shown = `${module}.${name}`.slice(0, 200);
    if (judgement === "DENIED") {
      this.hasActed = true;
      this.found(
        "pickle.import.denied",
        `loading the pickle imports ${shown}, which can run code or reach the system`,
        offset,
      );
    } else {
      this.found(
        "pickle.import.unknown",
        `loading the pickle imports ${shown}, which is not known to be harmless`,
        offset,
      );
    }
  }

  called({ module, name }: Import): void {
    if (NAME.test(module) && NAME.test(name)) this.hasActed = true;
  }

  persistent(id: Value, offset: number): void {
    if (this.#setting === "alone") {
      this.found("pickle.persistent-id", "the pickle names an object outside the file", offset);
      return;
    }
    const [kind, , key, , count] = id instanceof Tuple ? id.items : [];
    if (kind === "storage" && typeof key === "string" && typeof count === "number") this.storages.set(key, count);
  }

  built(target: Value, state: Value): void {
    if (isArrayWrapper(target)) {
      this.hasArrays = true;
      this.pendingArray = target;
    }
    const version = state instanceof Dictionary ? state.entries.get("_sklearn_version") : undefined;
    if (typeof version === "string") this.sklearnVersion = version;
  }

  found(ruleId: RuleId, what: string, offset: number): void {
    // A call of a hidden import; a hidden name alone happens in random data.
    if (ruleId === "pickle.call" && this.findings.some((finding) => finding.ruleId === "pickle.import.unresolved")) {
      this.hasActed = true;
    }
    if (this.findings.length < this.#mostFindings) this.findings.push({ ruleId, what, offset });
    else if (RULES[ruleId].severity === "DANGEROUS") this.findings[this.findings.length - 1] = { ruleId, what, offset };
  }
}
