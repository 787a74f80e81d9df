/** Imports that do nothing but rebuild data. Only what is named here is allowed; a module alone allows nothing. */
const allowedNames: Readonly<Record<string, ReadonlySet<string>>> = {
  _codecs: new Set(["encode"]),
  _io: new Set(["BytesIO", "StringIO"]),
  _random: new Set(["Random"]),
  argparse: new Set(["Namespace"]),
  array: new Set(["_array_reconstructor", "array"]),
  builtins: new Set([
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "object",
    "range",
    "set",
    "slice",
    "str",
    "tuple",
    "Ellipsis",
    "NotImplemented",
  ]),
  collections: new Set(["ChainMap", "Counter", "OrderedDict", "UserDict", "UserList", "defaultdict", "deque"]),
  copyreg: new Set(["__newobj__", "__newobj_ex__", "_reconstructor"]),
  datetime: new Set(["date", "datetime", "time", "timedelta", "timezone"]),
  decimal: new Set(["Decimal"]),
  fractions: new Set(["Fraction"]),
  io: new Set(["BytesIO", "StringIO"]),
  functools: new Set(["partial"]),
  "joblib.numpy_pickle": new Set(["NumpyArrayWrapper"]),
  "numpy.core.multiarray": new Set(["_reconstruct", "scalar"]),
  "numpy._core.multiarray": new Set(["_reconstruct", "scalar"]),
  "numpy.core.numeric": new Set(["_frombuffer"]),
  "numpy._core.numeric": new Set(["_frombuffer"]),
  "numpy.core._internal": new Set(["_reconstruct"]),
  "numpy.matrixlib.defmatrix": new Set(["matrix"]),
  "numpy.ma": new Set(["MaskedArray"]),
  "numpy.ma.core": new Set(["MaskedArray", "_mareconstruct"]),
  "numpy.random": new Set(["RandomState"]),
  "numpy.random._generator": new Set(["Generator"]),
  "numpy.random._mt19937": new Set(["MT19937"]),
  "numpy.random._pcg64": new Set(["PCG64", "PCG64DXSM"]),
  "numpy.random._philox": new Set(["Philox"]),
  "numpy.random._sfc64": new Set(["SFC64"]),
  "numpy.random._pickle": new Set(["__bit_generator_ctor", "__generator_ctor", "__randomstate_ctor"]),
  "numpy.random.bit_generator": new Set(["SeedSequence", "__pyx_unpickle_SeedSequence"]),
  "numpy.random.mtrand": new Set(["RandomState"]),
  random: new Set(["Random"]),
  re: new Set(["_compile"]),
  "sklearn.externals.joblib.numpy_pickle": new Set(["NumpyArrayWrapper"]),
  uuid: new Set(["UUID"]),
  "xgboost.core": new Set(["Booster"]),
  "lightgbm.basic": new Set(["Booster"]),
  "catboost.core": new Set(["CatBoost", "CatBoostClassifier", "CatBoostRegressor"]),
  torch: new Set([
    "Size",
    "Tensor",
    "device",
    "dtype",
    "bfloat16",
    "bool",
    "channels_last",
    "contiguous_format",
    "complex64",
    "complex128",
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "preserve_format",
    "strided",
    "uint8",
  ]),
  "torch._tensor": new Set(["_rebuild_from_type_v2"]),
  "torch._utils": new Set([
    "_rebuild_device_tensor_from_numpy",
    "_rebuild_meta_tensor_no_storage",
    "_rebuild_nested_tensor",
    "_rebuild_parameter",
    "_rebuild_parameter_with_state",
    "_rebuild_qtensor",
    "_rebuild_sparse_csr_tensor",
    "_rebuild_sparse_tensor",
    "_rebuild_tensor",
    "_rebuild_tensor_v2",
    "_rebuild_tensor_v3",
  ]),
  "torch.jit._pickle": new Set([
    "build_boollist",
    "build_doublelist",
    "build_intlist",
    "build_tensor_from_id",
    "build_tensorlist",
    "restore_type_tag",
  ]),
  "torch.nn.parameter": new Set(["Parameter", "UninitializedParameter", "Buffer"]),
  "torch.storage": new Set(["TypedStorage", "UntypedStorage", "_UntypedStorage", "_TypedStorage"]),
};

interface Pattern {
  readonly module: RegExp;
  readonly name: RegExp;
}

const CLASS = /^_?[A-Z][A-Za-z0-9_]*$/;

/** Classes of libraries that have too many of them to be listed; functions of the same modules are not allowed. */
const allowedPatterns: readonly Pattern[] = [
  { module: /^numpy$/, name: /^(?:ndarray|matrix|dtype|bool_?|str_|bytes_|void|u?int(?:8|16|32|64|c|p)|longlong)$/ },
  {
    module: /^numpy$/,
    name: /^(?:float(?:16|32|64)|longdouble|complex(?:64|128)|clongdouble|datetime64|timedelta64)$/,
  },
  {
    module: /^(?:numpy|math)$/,
    name: /^(?:a?(?:cos|sin|tan)h?|arc(?:cos|sin|tan)h?|abs|absolute|cbrt|ceil|exp2?|expm1|fabs|floor|log(?:10|1p|2)?|negative|rint|sign|sqrt|square|trunc)$/,
  },
  { module: /^numpy\.dtypes$/, name: /^[A-Z][A-Za-z0-9]*DType$/ },
  { module: /^pathlib(?:\._local)?$/, name: /^(?:Pure)?(?:Posix|Windows)?Path$/ },
  // What the training arguments beside a model of Hugging Face's Trainer consist of.
  { module: /^transformers\.(?:training_args(?:_seq2seq)?|trainer_utils|trainer_pt_utils)$/, name: CLASS },
  { module: /^accelerate\.(?:state|utils\.dataclasses)$/, name: CLASS },
  { module: /^torch(?:\.cuda)?$/, name: /^[A-Z][A-Za-z0-9]*Storage$/ },
  { module: /^torch\.nn\.modules\.[a-z_]+$/, name: CLASS },
  {
    module: /^scipy\.sparse(?:\.(?:_?(?:bsr|coo|csc|csr|dia|dok|lil|data|base)|_arrays|_matrix|_compressed))?$/,
    name: /^(?:bsr|coo|csc|csr|dia|dok|lil)_(?:matrix|array)$/,
  },
  { module: /^scipy\.interpolate\._(?:bsplines|interpolate|cubic|fitpack2|polyint)$/, name: CLASS },
  {
    module: /^scipy\.stats\._(?:distn_infrastructure|continuous_distns|discrete_distns)$/,
    name: /^(?:rv_frozen|[a-z0-9]+_gen|rv_continuous_frozen|rv_discrete_frozen)$/,
  },
  { module: /^xgboost\.sklearn$/, name: /^XGB[A-Za-z]+$/ },
  { module: /^lightgbm\.sklearn$/, name: /^LGBM[A-Za-z]+$/ },
  {
    module: /^pandas(?:\.arrays)?$/,
    name: /^(?:DataFrame|Series|Index|MultiIndex|RangeIndex|[A-Z][A-Za-z0-9]*(?:Array|Dtype|Index)|Categorical|Interval|Period|Timedelta|Timestamp)$/,
  },
  {
    module:
      /^pandas\.core\.(?:frame|series|internals\.managers|internals\.blocks|indexes\.[a-z_]+|arrays\.[a-z_]+|dtypes\.dtypes)$/,
    name: CLASS,
  },
  { module: /^pandas\.core\.indexes\.base$/, name: /^_new_Index$/ },
  {
    module: /^pandas\._libs\.(?:internals|arrays)$/,
    name: /^(?:_unpickle_block|BlockPlacement|__pyx_unpickle_[A-Za-z]+)$/,
  },
];

const sklearnInternals =
  /^sklearn\.(?:_build_utils|_test|conftest|datasets|externals|experimental|utils\._(?:testing|mocking|test_common))/;
const sklearnTests = /\.tests(?:\.|$)/;
/** What scikit-learn's modules import from elsewhere: classes that start threads or touch files. */
const SKLEARN_FOREIGN = /^(?:Memory|Parallel|Path|Popen|ThreadPool|[A-Za-z]*Executor)$/;
/** Cython's rebuilders: they make an object of the named class and set its state. */
const SKLEARN_REBUILDER = /^(?:newObj|__pyx_unpickle_[A-Za-z0-9_]+)$/;

/** True when an import is known to do nothing but rebuild data. `torchscript` names exist in TorchScript archives only. */
export function isAllowed(module: string, name: string, torchscript: boolean): boolean {
  if (allowedNames[module]?.has(name) === true) return true;
  if (allowedPatterns.some((pattern) => pattern.module.test(module) && pattern.name.test(name))) return true;
  if (/^sklearn(?:\.|$)/.test(module) && !sklearnInternals.test(module) && !sklearnTests.test(module)) {
    return (CLASS.test(name) && !SKLEARN_FOREIGN.test(name)) || SKLEARN_REBUILDER.test(name);
  }
  return torchscript && /^__torch__(?:\.|$)/.test(module) && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
