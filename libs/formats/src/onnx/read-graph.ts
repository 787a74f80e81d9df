import { WireFault, type WireField, type WireReader } from "../protobuf/wire-reader.ts";
import type { SignatureField } from "../signature.ts";
import { readTensor, type TensorHead } from "./read-tensor.ts";
import { readValueInfo } from "./read-type.ts";

/** Graphs inside the attributes of nodes of graphs. */
const DEEPEST_GRAPH = 64;
/** The contract's bound on a signature's side. */
const MOST_FIELDS = 10_000;

/** What a graph tells. */
export interface Graph {
  readonly inputs: SignatureField[];
  readonly outputs: SignatureField[];
  readonly initializers: Set<string>;
}

/** Receives every tensor of a graph, also those inside attributes and inner graphs. */
export type TensorVisitor = (tensor: TensorHead, isInitializer: boolean) => void;

/** Reads a GraphProto (onnx/onnx.proto3). With `withNodes` false the nodes are passed over. */
export async function readGraph(
  reader: WireReader,
  message: WireField,
  visit: TensorVisitor,
  withNodes: boolean,
  depth = 0,
): Promise<Graph> {
  if (depth > DEEPEST_GRAPH) throw new WireFault("graphs are nested too deeply", reader.cursor.position);
  const graph: Graph = { inputs: [], outputs: [], initializers: new Set() };
  const initializer = async (field: WireField): Promise<void> => {
    const tensor = await readTensor(reader, field);
    graph.initializers.add(tensor.name);
    visit(tensor, true);
  };
  await reader.each(message, {
    1: (field) => (withNodes ? readNode(reader, field, visit, depth) : undefined),
    5: initializer,
    11: async (field) => {
      if (graph.inputs.length <= MOST_FIELDS) graph.inputs.push(await readValueInfo(reader, field));
    },
    12: async (field) => {
      if (graph.outputs.length <= MOST_FIELDS) graph.outputs.push(await readValueInfo(reader, field));
    },
    // A sparse initializer: its values carry the name, its indices lie in a second tensor.
    15: (field) =>
      reader.each(field, { 1: initializer, 2: async (inner) => visit(await readTensor(reader, inner), false) }),
  });
  return graph;
}

/** Reads the attributes of a NodeProto. */
export async function readNode(
  reader: WireReader,
  message: WireField,
  visit: TensorVisitor,
  depth: number,
): Promise<void> {
  const tensor = async (field: WireField): Promise<void> => visit(await readTensor(reader, field), false);
  const graph = (field: WireField): Promise<Graph> => readGraph(reader, field, visit, true, depth + 1);
  const sparse = (field: WireField): Promise<void> => reader.each(field, { 1: tensor, 2: tensor });
  await reader.each(message, {
    5: (attribute) => reader.each(attribute, { 5: tensor, 6: graph, 10: tensor, 11: graph, 22: sparse, 23: sparse }),
  });
}
