import { Opcode } from "../pickle/opcodes.ts";

/** One instruction: an opcode and its argument. */
export function op(name: keyof typeof Opcode, ...argument: (number | string | Uint8Array)[]): Buffer {
  const parts = argument.map((part) =>
    typeof part === "number" ? Buffer.from([part]) : typeof part === "string" ? Buffer.from(part, "utf8") : part,
  );
  return Buffer.concat([Buffer.from([Opcode[name]]), ...parts]);
}

/** A text of up to 255 bytes (protocol 4). */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return op("SHORT_BINUNICODE", bytes.length, bytes);
}

/** An import by name (protocol 0). */
export function global(module: string, name: string): Buffer {
  return op("GLOBAL", `${module}\n${name}\n`);
}

/** A whole pickle: PROTO, the instructions, STOP. */
export function pickle(protocol: number, ...instructions: Uint8Array[]): Buffer {
  return Buffer.concat([op("PROTO", protocol), ...instructions, op("STOP")]);
}

/** A call of an import with one text, as `__reduce__` writes it. */
export function callOf(module: string, name: string, argument: string): Buffer {
  return Buffer.concat([global(module, name), text(argument), op("TUPLE1"), op("REDUCE")]);
}

/** The classical attack: loading it runs a command. */
export const attack: Buffer = pickle(2, callOf("posix", "system", "true"));

/** An int of up to four bytes. */
export function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return op("BININT", bytes);
}

/** `numpy.dtype(spec)` with the state that numpy writes for a plain type. */
export function dtype(spec: string, flags = 0): Buffer {
  return Buffer.concat([
    global("numpy", "dtype"),
    text(spec),
    op("NEWFALSE"),
    op("NEWTRUE"),
    op("TUPLE3"),
    op("REDUCE"),
    op("MARK"),
    int(3),
    text("<"),
    op("NONE"),
    op("NONE"),
    op("NONE"),
    int(-1),
    int(-1),
    int(flags),
    op("TUPLE"),
    op("BUILD"),
  ]);
}

/** The pickle of a joblib NumpyArrayWrapper up to BUILD; the array's data has to follow. */
export function arrayWrapper(shape: readonly number[], type: Buffer, alignment: number | undefined): Buffer {
  const entries: Buffer[] = [
    text("subclass"),
    global("numpy", "ndarray"),
    text("shape"),
    op("MARK"),
    ...shape.map(int),
    op("TUPLE"),
    text("order"),
    text("C"),
    text("dtype"),
    type,
    text("allow_mmap"),
    op("NEWTRUE"),
    ...(alignment === undefined ? [] : [text("numpy_array_alignment_bytes"), int(alignment)]),
  ];
  return Buffer.concat([
    global("joblib.numpy_pickle", "NumpyArrayWrapper"),
    op("EMPTY_TUPLE"),
    op("NEWOBJ"),
    op("EMPTY_DICT"),
    op("MARK"),
    ...entries,
    op("SETITEMS"),
    op("BUILD"),
  ]);
}
