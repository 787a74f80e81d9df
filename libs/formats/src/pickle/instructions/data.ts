import type { Instruction, Instructions } from "../machine.ts";
import { Opcode } from "../opcodes.ts";
import { decimal, unescaped, unquoted } from "../text.ts";
import { OPAQUE } from "../value.ts";

const opaque: Instruction = ({ stack }) => stack.push(OPAQUE);
const integer: Instruction = ({ stack }, { integer }) => stack.push(Number.isNaN(integer) ? OPAQUE : integer);
const text: Instruction = (machine, operation) => machine.stack.push(machine.text(operation.text));
const nothing: Instruction = () => {};

/** INT and LONG: a decimal line. */
const integerLine: Instruction = ({ stack }, { text }) => {
  const value = text === undefined ? undefined : decimal(text.replace(/L\s*$/, ""));
  stack.push(value !== undefined && Number.isSafeInteger(value) ? value : OPAQUE);
};

/** Instructions that push one plain value, or nothing. */
export const dataInstructions: Instructions = {
  [Opcode.FRAME]: nothing,
  [Opcode.READONLY_BUFFER]: nothing,
  [Opcode.PROTO]: ({ observer }, { integer, offset }) => {
    if (integer > 5) observer.found("pickle.malformed", "the pickle names a protocol above 5", offset);
  },
  [Opcode.NONE]: ({ stack }) => stack.push(null),
  [Opcode.NEWTRUE]: ({ stack }) => stack.push(true),
  [Opcode.NEWFALSE]: ({ stack }) => stack.push(false),
  [Opcode.BININT]: integer,
  [Opcode.BININT1]: integer,
  [Opcode.BININT2]: integer,
  [Opcode.LONG1]: integer,
  [Opcode.LONG4]: integer,
  [Opcode.INT]: integerLine,
  [Opcode.LONG]: integerLine,
  [Opcode.FLOAT]: opaque,
  [Opcode.BINFLOAT]: opaque,
  [Opcode.BINBYTES]: opaque,
  [Opcode.SHORT_BINBYTES]: opaque,
  [Opcode.BINBYTES8]: opaque,
  [Opcode.BYTEARRAY8]: opaque,
  [Opcode.STRING]: (machine, { text }) =>
    machine.stack.push(machine.text(text === undefined ? undefined : unquoted(text))),
  [Opcode.UNICODE]: (machine, { text }) =>
    machine.stack.push(machine.text(text === undefined ? undefined : unescaped(text))),
  [Opcode.BINSTRING]: text,
  [Opcode.SHORT_BINSTRING]: text,
  [Opcode.BINUNICODE]: text,
  [Opcode.SHORT_BINUNICODE]: text,
  [Opcode.BINUNICODE8]: text,
  [Opcode.NEXT_BUFFER]: ({ stack, observer }, { offset }) => {
    observer.found("pickle.out-of-band", "the pickle takes data from outside the file", offset);
    stack.push(OPAQUE);
  },
};
