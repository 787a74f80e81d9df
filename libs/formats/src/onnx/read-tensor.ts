import type { WireField, WireReader } from "../protobuf/wire-reader.ts";

/** Where a tensor's data lies when it is not in the model file. */
export interface ExternalData {
  readonly location: string;
  readonly offsetBytes: number;
  /** Undefined: up to the end of the file. */
  readonly lengthBytes: number | undefined;
}

/** A TensorProto (onnx/onnx.proto3) without its data. */
export interface TensorHead {
  readonly name: string;
  readonly elementType: number;
  /** Product of the dimensions; NaN when a dimension is negative. */
  readonly elements: number;
  readonly rawBytes: number | undefined;
  readonly external: ExternalData | undefined;
  /** Where the tensor starts in the file. */
  readonly offset: number;
}

const MOST_PACKED_BYTES = 1024;
const EXTERNAL = 1n;

/** Reads what stands about a tensor and passes over its data. */
export async function readTensor(reader: WireReader, message: WireField): Promise<TensorHead> {
  const offset = reader.cursor.position;
  let name = "";
  let elementType = 0;
  let elements = 1;
  let rawBytes: number | undefined;
  let isExternal = false;
  const entries = new Map<string, string>();
  const dimension = (size: bigint): void => {
    elements *= size < 0n ? Number.NaN : Number(size);
  };
  await reader.each(message, {
    1: async (field) => {
      if (field.kind === "varint") dimension(field.value);
      else for (const size of packed(await reader.bytes(field, MOST_PACKED_BYTES))) dimension(size);
    },
    2: (field) => {
      elementType = Number(field.value);
    },
    8: async (field) => {
      name = await reader.text(field);
    },
    9: (field) => {
      rawBytes = field.lengthBytes;
    },
    13: async (field) => {
      const [key, value] = await readEntry(reader, field);
      entries.set(key, value);
    },
    14: (field) => {
      isExternal = field.value === EXTERNAL;
    },
  });
  const external = isExternal || entries.has("location") ? externalData(entries) : undefined;
  return { name, elementType, elements, rawBytes, external, offset };
}

/** Reads a StringStringEntryProto. */
export async function readEntry(reader: WireReader, message: WireField): Promise<[string, string]> {
  let key = "";
  let value = "";
  await reader.each(message, {
    1: async (field) => {
      key = await reader.text(field);
    },
    2: async (field) => {
      value = await reader.text(field);
    },
  });
  return [key, value];
}

function externalData(entries: ReadonlyMap<string, string>): ExternalData {
  const length = entries.get("length");
  return {
    location: entries.get("location") ?? "",
    offsetBytes: Number(entries.get("offset") ?? 0),
    lengthBytes: length === undefined ? undefined : Number(length),
  };
}

function* packed(bytes: Uint8Array): Generator<bigint> {
  let value = 0n;
  let place = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << place;
    place += 7n;
    if (byte < 0x80) {
      yield BigInt.asIntN(64, value);
      value = 0n;
      place = 0n;
    }
  }
}
