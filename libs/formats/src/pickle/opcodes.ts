/** How the argument of an opcode is written. */
export type ArgumentKind =
  | "none"
  | "uint1"
  | "uint2"
  | "int4"
  | "uint4"
  | "float8"
  | "frame"
  | "line"
  | "two-lines"
  /** A count of 1, 4 (signed), 4 or 8 bytes, then as many bytes of text or of data. */
  | "text1"
  | "text4"
  | "text8"
  | "latin1"
  | "latin4"
  | "data1"
  | "data4"
  | "data8"
  | "long1"
  | "long4";

/** Opcodes by name, with their codes; protocols 0 to 5 (Python's Lib/pickletools.py is the description of the format). */
export const Opcode = {
  MARK: 0x28,
  EMPTY_TUPLE: 0x29,
  STOP: 0x2e,
  POP: 0x30,
  POP_MARK: 0x31,
  DUP: 0x32,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  FLOAT: 0x46,
  BINFLOAT: 0x47,
  INT: 0x49,
  BININT: 0x4a,
  BININT1: 0x4b,
  LONG: 0x4c,
  BININT2: 0x4d,
  NONE: 0x4e,
  PERSID: 0x50,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  STRING: 0x53,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  UNICODE: 0x56,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  DICT: 0x64,
  APPENDS: 0x65,
  GET: 0x67,
  BINGET: 0x68,
  INST: 0x69,
  LONG_BINGET: 0x6a,
  LIST: 0x6c,
  OBJ: 0x6f,
  PUT: 0x70,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  EXT1: 0x82,
  EXT2: 0x83,
  EXT4: 0x84,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  NEWOBJ_EX: 0x92,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
  BYTEARRAY8: 0x96,
  NEXT_BUFFER: 0x97,
  READONLY_BUFFER: 0x98,
} as const;

const withArgument: Partial<Record<keyof typeof Opcode, ArgumentKind>> = {
  BINBYTES: "data4",
  SHORT_BINBYTES: "data1",
  FLOAT: "line",
  BINFLOAT: "float8",
  INT: "line",
  BININT: "int4",
  BININT1: "uint1",
  LONG: "line",
  BININT2: "uint2",
  PERSID: "line",
  STRING: "line",
  BINSTRING: "latin4",
  SHORT_BINSTRING: "latin1",
  UNICODE: "line",
  BINUNICODE: "text4",
  GLOBAL: "two-lines",
  GET: "line",
  BINGET: "uint1",
  INST: "two-lines",
  LONG_BINGET: "uint4",
  PUT: "line",
  BINPUT: "uint1",
  LONG_BINPUT: "uint4",
  PROTO: "uint1",
  EXT1: "uint1",
  EXT2: "uint2",
  EXT4: "int4",
  LONG1: "long1",
  LONG4: "long4",
  SHORT_BINUNICODE: "text1",
  BINUNICODE8: "text8",
  BINBYTES8: "data8",
  FRAME: "frame",
  BYTEARRAY8: "data8",
};

/** By code: how the argument is written; undefined where no opcode has that code. */
export const argumentKinds: readonly (ArgumentKind | undefined)[] = tabulate();

function tabulate(): (ArgumentKind | undefined)[] {
  const table = new Array<ArgumentKind | undefined>(256).fill(undefined);
  for (const [name, code] of Object.entries(Opcode)) {
    table[code] = withArgument[name as keyof typeof Opcode] ?? "none";
  }
  return table;
}
