import { expect } from "chai";
import { judgeImport } from "./judge-import.ts";

const cases: Record<"ALLOWED" | "DENIED" | "UNKNOWN", readonly string[]> = {
  ALLOWED: [
    "collections OrderedDict",
    "numpy dtype",
    "numpy ndarray",
    "numpy float64",
    "numpy.core.multiarray _reconstruct",
    "numpy._core.multiarray scalar",
    "numpy.random._pickle __randomstate_ctor",
    "joblib.numpy_pickle NumpyArrayWrapper",
    "sklearn.tree._tree Tree",
    "sklearn.neighbors._kd_tree newObj",
    "sklearn._loss._loss __pyx_unpickle_CyHalfBinomialLoss",
    "sklearn.pipeline Pipeline",
    "scipy.sparse._csr csr_matrix",
    "scipy.sparse.csr csr_matrix",
    "torch FloatStorage",
    "torch._utils _rebuild_tensor_v2",
    "torch.nn.modules.linear Linear",
    "copy_reg _reconstructor",
    "copyreg _reconstructor",
    "__builtin__ set",
    "__builtin__ unicode",
    "_codecs encode",
  ],
  DENIED: [
    "os system",
    "posix system",
    "nt system",
    "os.path join",
    "subprocess Popen",
    "commands getoutput",
    "builtins eval",
    "builtins exec",
    "builtins getattr",
    "builtins __import__",
    "builtins compile",
    "builtins open",
    "__builtin__ execfile",
    "sys modules",
    "importlib import_module",
    "runpy run_path",
    "socket socket",
    "pty spawn",
    "operator attrgetter",
    "operator methodcaller",
    "webbrowser open",
    "ctypes CDLL",
    "shutil rmtree",
    "asyncio run",
    "asyncio.unix_events _UnixSubprocessTransport._start",
    "pickle loads",
    "cPickle loads",
    "marshal loads",
    "types FunctionType",
    "types CodeType",
    "code InteractiveInterpreter",
    "cProfile run",
    "timeit timeit",
    "pydoc locate",
    "multiprocessing.util spawnv_passfds",
    "numpy.testing._private.utils runstring",
    "numpy load",
    "numpy.f2py.crackfortran getlincoef",
    "joblib load",
    "torch load",
    "torch.storage _load_from_bytes",
    "torch.serialization load",
    "torch.hub load",
    "sklearn.utils os.system",
    "collections _sys.modules",
    "collections OrderedDict.__init__.__globals__",
    "my.module socket",
  ],
  UNKNOWN: [
    "my.models Net",
    "__main__ Net",
    "sklearn.datasets fetch_openml",
    "sklearn.datasets._base Bunch",
    "sklearn.utils._testing TempMemmap",
    "sklearn.utils.parallel Parallel",
    "sklearn.utils estimator_html_repr",
    "sklearn.tree.tests.test_tree Anything",
    "sklearn_evil Model",
    "numpy lookfor",
    "torch jit",
    "code.models Net",
    "collections OrderedDict.fromkeys",
    "__torch__.net Net",
    "",
  ],
};

describe("imports of pickles", () => {
  for (const [judgement, names] of Object.entries(cases)) {
    for (const full of names) {
      it(`judges "${full}" ${judgement}`, () => {
        const [module = "", name = ""] = full.split(" ");
        expect(judgeImport(module, name, false)).to.equal(judgement);
      });
    }
  }

  it("knows TorchScript's own names inside its archives only", () => {
    expect(judgeImport("__torch__.net", "Net", true)).to.equal("ALLOWED");
  });
});
