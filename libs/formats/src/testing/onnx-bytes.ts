import { type Fields, message } from "./protobuf-bytes.ts";

/** A dimension of a shape: a size, or a symbol. */
export type Dim = number | string;

/** A ValueInfoProto of a tensor. */
export function tensorInfo(name: string, elementType: number, dims: readonly Dim[]): Buffer {
  const shape = message({ 1: dims.map((dim) => message(typeof dim === "number" ? { 1: dim } : { 2: dim })) });
  return message({ 1: name, 2: message({ 1: message({ 1: elementType, 2: shape }) }) });
}

/** A TensorProto of float32 values, all in raw data. */
export function floatTensor(name: string, dims: readonly number[]): Buffer {
  const elements = dims.reduce((product, dim) => product * dim, 1);
  return message({ 1: [...dims], 2: 1, 8: name, 9: Buffer.alloc(elements * 4) });
}

/** A TensorProto whose data lies in another file. */
export function externalTensor(
  name: string,
  dims: readonly number[],
  entries: Readonly<Record<string, string>>,
): Buffer {
  const external = Object.entries(entries).map(([key, value]) => message({ 1: key, 2: value }));
  return message({ 1: [...dims], 2: 1, 8: name, 13: external, 14: 1 });
}

/** A ModelProto around a graph. */
export function model(graph: Fields, rest: Fields = {}): Buffer {
  return message({ 1: 8, 2: "pytorch", 3: "2.5", 7: message(graph), 8: message({ 1: "", 2: 17 }), ...rest });
}

/** y = x · W with a 4 × 3 matrix. */
export const smallModel: Buffer = model({
  1: message({ 1: ["x", "W"], 2: "y", 4: "MatMul" }),
  5: floatTensor("W", [4, 3]),
  11: [tensorInfo("x", 1, ["batch", 4]), tensorInfo("W", 1, [4, 3])],
  12: tensorInfo("y", 1, ["batch", 3]),
});
