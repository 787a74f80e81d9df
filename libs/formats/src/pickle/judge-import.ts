import { isAllowed } from "./allowed-imports.ts";
import { isDenied } from "./denied-imports.ts";

/** Names of Python 2 that Python 3 maps when it reads protocols 0 to 2 (Lib/_compat_pickle.py). */
const renamedModules: Readonly<Record<string, string>> = {
  __builtin__: "builtins",
  StringIO: "io",
  cPickle: "pickle",
  cStringIO: "io",
  commands: "subprocess",
  copy_reg: "copyreg",
  dummy_thread: "_thread",
  exceptions: "builtins",
  httplib: "http.client",
  popen2: "subprocess",
  thread: "_thread",
  urllib2: "urllib.request",
};

const renamedBuiltins: Readonly<Record<string, string>> = {
  basestring: "str",
  long: "int",
  unichr: "chr",
  unicode: "str",
  xrange: "range",
};

/** A module name as Python 3 knows it. */
function modernModule(module: string): string {
  return renamedModules[module] ?? module;
}

/** What an import of a pickle means for whoever loads it. The deny-list goes before the allow-list. */
export function judgeImport(module: string, name: string, torchscript: boolean): "ALLOWED" | "DENIED" | "UNKNOWN" {
  const modern = modernModule(module);
  const modernName = modern === "builtins" ? (renamedBuiltins[name] ?? name) : name;
  if (isExactlyAllowed(modern, modernName)) return "ALLOWED";
  if (isDenied(modern, modernName)) return "DENIED";
  return isAllowed(modern, modernName, torchscript) ? "ALLOWED" : "UNKNOWN";
}

/** Harmless names inside denied modules. */
function isExactlyAllowed(module: string, name: string): boolean {
  return (
    (module === "torch.serialization" && name === "_get_layout") || (module === "types" && name === "SimpleNamespace")
  );
}
