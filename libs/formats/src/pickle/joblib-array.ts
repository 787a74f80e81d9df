import { Dictionary, Instance, OPAQUE, Tuple, type Value } from "./value.ts";

/** What stands in a joblib file right behind the state of a NumpyArrayWrapper. */
export type ArrayData =
  /** A pickle of its own: arrays of Python objects. */
  | { readonly kind: "objects" }
  /** Raw bytes; `padded`: a byte with the length of the padding and the padding go before (joblib 1.2 and later). */
  | { readonly kind: "raw"; readonly sizeBytes: number; readonly padded: boolean };

const WRAPPER_MODULES: ReadonlySet<string> = new Set(["joblib.numpy_pickle", "sklearn.externals.joblib.numpy_pickle"]);
/** Bit of a numpy dtype's flags: its elements are references to Python objects (NPY_ITEM_REFCOUNT). */
const HAS_OBJECTS = 1;

/** True for what joblib replaces by an array that it reads from the file. */
export function isArrayWrapper(value: Value): value is Instance {
  return value instanceof Instance && value.of.name === "NumpyArrayWrapper" && WRAPPER_MODULES.has(value.of.module);
}

/** What follows the wrapper in the file; undefined when its state does not tell. */
export function arrayDataOf(wrapper: Instance): ArrayData | undefined {
  if (!(wrapper.state instanceof Dictionary)) return undefined;
  const { entries } = wrapper.state;
  const element = elementOf(entries.get("dtype"));
  if (element === undefined) return undefined;
  if (element.hasObjects) return { kind: "objects" };
  const count = countOf(entries.get("shape"));
  const sizeBytes = count === undefined ? Number.NaN : count * element.sizeBytes;
  if (!Number.isSafeInteger(sizeBytes)) return undefined;
  const alignment = entries.get("numpy_array_alignment_bytes") ?? null;
  if (alignment !== null && typeof alignment !== "number") return undefined;
  return { kind: "raw", sizeBytes, padded: alignment !== null };
}

function countOf(shape: Value | undefined): number | undefined {
  if (!(shape instanceof Tuple)) return undefined;
  let count = 1;
  for (const size of shape.items) {
    if (typeof size !== "number" || size < 0) return undefined;
    count *= size;
  }
  return count;
}

/**
 * The element type, from `numpy.dtype(spec, …)` with the state (version, byte order, subarray, names, fields, element
 * size, alignment, flags), as numpy's `dtype.__reduce__` writes it. Undefined when flags and fields contradict each
 * other.
 */
function elementOf(dtype: Value | undefined): { sizeBytes: number; hasObjects: boolean } | undefined {
  if (!(dtype instanceof Instance) || !dtype.of.is("numpy", "dtype") || !(dtype.args instanceof Tuple))
    return undefined;
  const spec = dtype.args.items[0];
  const parts = typeof spec === "string" ? /^[<>=|]?([?a-zA-Z])(\d{0,10})/.exec(spec) : null;
  if (parts === null) return undefined;
  const state = dtype.state instanceof Tuple ? dtype.state.items : [];
  const [, , , , fields, stateSize, , flags] = state;
  const hasObjects = parts[1] === "O" || fieldsHaveObjects(fields);
  const flagged = typeof flags === "number" ? (flags & HAS_OBJECTS) !== 0 : parts[1] === "O";
  if (hasObjects !== flagged && (hasObjects || fields === null)) return undefined;
  if (typeof stateSize === "number" && stateSize >= 0) return { sizeBytes: stateSize, hasObjects: flagged };
  if (parts[2] === "" && !flagged) return undefined;
  return { sizeBytes: Number(parts[2]), hasObjects: flagged };
}

/** True when a kept field of a structured dtype holds Python objects. */
function fieldsHaveObjects(fields: Value | undefined): boolean {
  if (!(fields instanceof Dictionary)) return false;
  for (const field of fields.entries.values()) {
    const inner = field instanceof Tuple ? field.items[0] : OPAQUE;
    if (elementOf(inner)?.hasObjects === true) return true;
  }
  return false;
}
