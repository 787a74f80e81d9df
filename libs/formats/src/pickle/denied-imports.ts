import { isDangerousStandardModule } from "./standard-library.ts";

/**
 * Modules outside the standard library of which any import is an attack: they run programs or code, fetch from the
 * network, or load further pickles. A name covers its submodules. Collected from the libraries' documentation and from
 * published advisories about pickle scanners.
 */
const deniedModules: ReadonlySet<string> = new Set([
  "IPython",
  "aiohttp",
  "cffi",
  "cloudpickle",
  "dill",
  "fabric",
  "gdown",
  "httpx",
  "huggingface_hub",
  "invoke",
  "jinja2",
  "joblib.externals",
  "mlflow",
  "nltk",
  "numexpr",
  "numpy.ctypeslib",
  "numpy.distutils",
  "numpy.f2py",
  "numpy.testing",
  "paramiko",
  "pexpect",
  "pip",
  "pkg_resources",
  "plumbum",
  "psutil",
  "requests",
  "setuptools",
  "sh",
  "sympy",
  "torch._dynamo",
  "torch._inductor",
  "torch.distributed",
  "torch.fx",
  "torch.hub",
  "torch.jit.unsupported_tensor_ops",
  "torch.package",
  "torch.serialization",
  "torch.utils._config_module",
  "torch.utils.bottleneck",
  "torch.utils.collect_env",
  "torch.utils.cpp_extension",
  "torch.utils.data.datapipes",
  "urllib3",
  "wget",
  "yaml",
]);

/** Names that are an attack although their modules have harmless ones too. */
const deniedNames: Readonly<Record<string, ReadonlySet<string>>> = {
  _io: new Set(["FileIO", "open", "open_code"]),
  builtins: new Set([
    "__build_class__",
    "__import__",
    "__loader__",
    "apply",
    "breakpoint",
    "compile",
    "delattr",
    "eval",
    "exec",
    "execfile",
    "exit",
    "file",
    "filter",
    "getattr",
    "globals",
    "help",
    "input",
    "locals",
    "map",
    "open",
    "quit",
    "reload",
    "setattr",
    "vars",
  ]),
  codecs: new Set(["open"]),
  functools: new Set(["partialmethod", "reduce", "singledispatch"]),
  io: new Set(["FileIO", "open", "open_code"]),
  joblib: new Set(["Memory", "Parallel", "load"]),
  "joblib.numpy_pickle": new Set(["load"]),
  logging: new Set(["FileHandler", "basicConfig"]),
  "numpy._core": new Set(["_ufunc_reconstruct"]),
  "numpy.core": new Set(["_ufunc_reconstruct"]),
  numpy: new Set(["fromfile", "genfromtxt", "load", "loadtxt", "memmap", "save", "savetxt", "savez"]),
  operator: new Set(["attrgetter", "call", "itemgetter", "methodcaller"]),
  pandas: new Set(["eval", "read_csv", "read_hdf", "read_pickle"]),
  "pandas.core.computation.eval": new Set(["eval"]),
  "pandas.io.pickle": new Set(["read_pickle", "to_pickle"]),
  torch: new Set(["compile", "load", "save"]),
  "torch.storage": new Set(["_load_from_bytes"]),
};

/** Modules whose attributes of attributes reach files: `pathlib Path.unlink`. */
const deniedDotted: ReadonlySet<string> = new Set(["_io", "io", "logging", "pathlib", "pathlib._local"]);
const deniedPackages = /^(?:logging\.(?:config|handlers))(?:\.|$)/;

/** Modules that other modules import under their own names, so that `harmless.module os.system` reaches them. */
const systemModules: ReadonlySet<string> = new Set([
  "builtins",
  "ctypes",
  "importlib",
  "marshal",
  "nt",
  "os",
  "pickle",
  "posix",
  "pty",
  "runpy",
  "shutil",
  "socket",
  "subprocess",
  "sys",
  "webbrowser",
]);

/** Attributes from which every other object of the interpreter can be reached. */
const pythonInternals: ReadonlySet<string> = new Set([
  "__builtins__",
  "__class__",
  "__closure__",
  "__code__",
  "__dict__",
  "__func__",
  "__getattribute__",
  "__globals__",
  "__import__",
  "__loader__",
  "__mro__",
  "__self__",
  "__spec__",
  "__subclasses__",
  "modules",
]);

/**
 * True when an import is known to be dangerous. A dotted name is an attribute of an attribute (protocol 4), so a
 * module such as `os` reached through a harmless one counts too.
 */
export function isDenied(module: string, name: string): boolean {
  if (isDangerousStandardModule(module) || deniedPackages.test(module)) return true;
  const path = module.split(".");
  for (let length = 1; length <= path.length; length++) {
    if (deniedModules.has(path.slice(0, length).join("."))) return true;
  }
  const steps = name.split(".");
  if (steps.length > 1 && deniedDotted.has(module)) return true;
  if (deniedNames[module]?.has(steps[0] as string) === true) return true;
  return steps.some((step) => pythonInternals.has(step) || systemModules.has(step));
}
