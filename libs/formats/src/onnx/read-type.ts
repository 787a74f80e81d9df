import { WireFault, type WireField, type WireReader } from "../protobuf/wire-reader.ts";
import type { Dimension, SignatureField } from "../signature.ts";
import { dtypeOf } from "./element-types.ts";

/** Types inside types, such as a sequence of maps. */
const DEEPEST_TYPE = 16;
const MOST_DIMENSIONS = 64;
const LONGEST_WORD = 256;

type ValueType = Omit<SignatureField, "name">;

const unknownType: ValueType = { dtype: "unknown", shape: [], hasShape: false, optional: false };

/** Reads a ValueInfoProto (onnx/onnx.proto3): the name, type and shape of an input or output. */
export async function readValueInfo(reader: WireReader, info: WireField): Promise<SignatureField> {
  let name = "";
  let type = unknownType;
  await reader.each(info, {
    1: async (field) => {
      name = await reader.text(field);
    },
    2: async (field) => {
      type = await readType(reader, field, 0);
    },
  });
  return { ...type, name: name.slice(0, LONGEST_WORD), dtype: type.dtype.slice(0, LONGEST_WORD) };
}

/** Reads a TypeProto. */
async function readType(reader: WireReader, message: WireField, depth: number): Promise<ValueType> {
  if (depth > DEEPEST_TYPE) throw new WireFault("types are nested too deeply", reader.cursor.position);
  let type = unknownType;
  await reader.each(message, {
    1: async (field) => {
      type = await readTensor(reader, field);
    },
    4: async (field) => {
      type = { ...unknownType, dtype: `sequence<${(await readInner(reader, field, depth)).dtype}>` };
    },
    5: async (field) => {
      type = { ...unknownType, dtype: `map<${await readMap(reader, field, depth)}>` };
    },
    8: async (field) => {
      const tensor = await readTensor(reader, field);
      type = { ...tensor, dtype: `sparse<${tensor.dtype}>` };
    },
    9: async (field) => {
      type = { ...(await readInner(reader, field, depth)), optional: true };
    },
  });
  return type;
}

async function readTensor(reader: WireReader, message: WireField): Promise<ValueType> {
  let { dtype, shape, hasShape } = unknownType;
  await reader.each(message, {
    1: (field) => {
      dtype = dtypeOf(Number(field.value));
    },
    2: async (field) => {
      hasShape = true;
      shape = await readShape(reader, field);
    },
  });
  return { dtype, shape, hasShape, optional: false };
}

async function readShape(reader: WireReader, message: WireField): Promise<Dimension[]> {
  const dimensions: Dimension[] = [];
  await reader.each(message, {
    1: async (field) => {
      if (dimensions.push(await readDimension(reader, field)) > MOST_DIMENSIONS) {
        throw new WireFault(`a shape has more than ${MOST_DIMENSIONS} dimensions`, reader.cursor.position);
      }
    },
  });
  return dimensions;
}

async function readDimension(reader: WireReader, message: WireField): Promise<Dimension> {
  let size = -1;
  let symbol = "";
  await reader.each(message, {
    1: (field) => {
      size = Number(field.value);
    },
    2: async (field) => {
      symbol = (await reader.text(field)).slice(0, LONGEST_WORD);
    },
  });
  return { size: Number.isSafeInteger(size) && size >= 0 ? size : -1, symbol };
}

/** The element type of a sequence or an optional value. */
async function readInner(reader: WireReader, message: WireField, depth: number): Promise<ValueType> {
  let inner = unknownType;
  await reader.each(message, {
    1: async (field) => {
      inner = await readType(reader, field, depth + 1);
    },
  });
  return inner;
}

async function readMap(reader: WireReader, message: WireField, depth: number): Promise<string> {
  let key = "unknown";
  let value = unknownType;
  await reader.each(message, {
    1: (field) => {
      key = dtypeOf(Number(field.value));
    },
    2: async (field) => {
      value = await readType(reader, field, depth + 1);
    },
  });
  return `${key},${value.dtype}`;
}
