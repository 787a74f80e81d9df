interface ElementType {
  readonly dtype: string;
  readonly bits: number;
}

/** By TensorProto.DataType (onnx/onnx.proto3); the words are NumPy's where NumPy has them. Strings have no fixed size. */
const elementTypes: readonly (ElementType | undefined)[] = [
  undefined,
  { dtype: "float32", bits: 32 },
  { dtype: "uint8", bits: 8 },
  { dtype: "int8", bits: 8 },
  { dtype: "uint16", bits: 16 },
  { dtype: "int16", bits: 16 },
  { dtype: "int32", bits: 32 },
  { dtype: "int64", bits: 64 },
  { dtype: "string", bits: 0 },
  { dtype: "bool", bits: 8 },
  { dtype: "float16", bits: 16 },
  { dtype: "float64", bits: 64 },
  { dtype: "uint32", bits: 32 },
  { dtype: "uint64", bits: 64 },
  { dtype: "complex64", bits: 64 },
  { dtype: "complex128", bits: 128 },
  { dtype: "bfloat16", bits: 16 },
  { dtype: "float8e4m3fn", bits: 8 },
  { dtype: "float8e4m3fnuz", bits: 8 },
  { dtype: "float8e5m2", bits: 8 },
  { dtype: "float8e5m2fnuz", bits: 8 },
  { dtype: "uint4", bits: 4 },
  { dtype: "int4", bits: 4 },
  { dtype: "float4e2m1", bits: 4 },
  { dtype: "float8e8m0", bits: 8 },
  { dtype: "uint2", bits: 2 },
  { dtype: "int2", bits: 2 },
];

/** The word for an element type; `onnx:<number>` for one that is newer than this table. */
export function dtypeOf(code: number): string {
  return elementTypes[code]?.dtype ?? `onnx:${code}`;
}

/** Bytes of raw data for so many elements; undefined where the type does not tell. */
export function rawSizeBytes(code: number, elements: number): number | undefined {
  const bits = elementTypes[code]?.bits ?? 0;
  return bits === 0 ? undefined : Math.ceil((elements * bits) / 8);
}
