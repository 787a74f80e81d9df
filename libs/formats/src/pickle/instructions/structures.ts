import { type Instruction, type Instructions, KEPT_ENTRIES, KEPT_ITEMS, type Machine } from "../machine.ts";
import { Opcode } from "../opcodes.ts";
import { decimal } from "../text.ts";
import { OPAQUE, type Value } from "../value.ts";

const emptyOpaque: Instruction = ({ stack }) => stack.push(OPAQUE);

const opaqueFromMark: Instruction = ({ stack }) => {
  stack.popToMark(0);
  stack.push(OPAQUE);
};

const addFromMark: Instruction = (machine, operation) => {
  machine.stack.popToMark(0);
  machine.changed(machine.stack.top(), operation);
};

const shortTuple: Instruction = (machine, { code }) => {
  const length = code - Opcode.TUPLE1 + 1;
  const items: Value[] = new Array(length);
  for (let at = length - 1; at >= 0; at--) items[at] = machine.stack.pop();
  machine.stack.push(machine.tuple(items, length));
};

/**
 * Picklers number the places of the memo without gaps. CPython allocates eight bytes for every place up to the largest
 * number, so that one far place takes gigabytes.
 */
const LARGEST_MEMO_GAP = 1_000_000;

const remember = ({ stack, observer }: Machine, index: number, offset: number): void => {
  if (index > stack.size + LARGEST_MEMO_GAP) {
    observer.found("pickle.memo", `loading the pickle takes memory for ${index} objects that it does not have`, offset);
  }
  stack.remember(index, stack.top());
};

const put: Instruction = (machine, { integer, offset }) => remember(machine, integer, offset);
const get: Instruction = ({ stack }, { integer }) => stack.push(stack.recall(integer));

/** PUT and GET of protocol 0: the place stands in a line. */
const memoLine: Instruction = (machine, { code, text, offset }) => {
  const { stack } = machine;
  const index = text === undefined ? undefined : decimal(text);
  if (index === undefined || index < 0) stack.faulty = true;
  if (code === Opcode.PUT) remember(machine, index ?? 0, offset);
  else stack.push(index === undefined ? OPAQUE : stack.recall(index));
};

/** Instructions of the stack, the memo and the containers. */
export const structureInstructions: Instructions = {
  [Opcode.MARK]: ({ stack }) => stack.mark(),
  [Opcode.POP]: ({ stack }) => stack.popValueOrMark(),
  [Opcode.POP_MARK]: ({ stack }) => {
    stack.popToMark(0);
  },
  [Opcode.DUP]: ({ stack }) => stack.push(stack.top()),
  [Opcode.PUT]: memoLine,
  [Opcode.GET]: memoLine,
  [Opcode.BINPUT]: put,
  [Opcode.LONG_BINPUT]: put,
  [Opcode.MEMOIZE]: ({ stack }) => stack.rememberNext(stack.top()),
  [Opcode.BINGET]: get,
  [Opcode.LONG_BINGET]: get,
  [Opcode.EMPTY_LIST]: emptyOpaque,
  [Opcode.EMPTY_SET]: emptyOpaque,
  [Opcode.LIST]: opaqueFromMark,
  [Opcode.FROZENSET]: opaqueFromMark,
  [Opcode.APPEND]: (machine, operation) => {
    machine.stack.pop();
    machine.changed(machine.stack.top(), operation);
  },
  [Opcode.APPENDS]: addFromMark,
  [Opcode.ADDITEMS]: addFromMark,
  [Opcode.EMPTY_TUPLE]: (machine) => machine.stack.push(machine.tuple([], 0)),
  [Opcode.TUPLE1]: shortTuple,
  [Opcode.TUPLE2]: shortTuple,
  [Opcode.TUPLE3]: shortTuple,
  [Opcode.TUPLE]: (machine) => {
    const { kept, count } = machine.stack.popToMark(KEPT_ITEMS);
    machine.stack.push(machine.tuple(kept, count));
  },
  [Opcode.EMPTY_DICT]: (machine) => machine.stack.push(machine.dictionary([])),
  [Opcode.DICT]: (machine) => machine.stack.push(machine.dictionary(machine.stack.popToMark(2 * KEPT_ENTRIES).kept)),
  [Opcode.SETITEM]: (machine, operation) => {
    const value = machine.stack.pop();
    machine.setItems([machine.stack.pop(), value], operation);
  },
  [Opcode.SETITEMS]: (machine, operation) =>
    machine.setItems(machine.stack.popToMark(2 * KEPT_ENTRIES).kept, operation),
};
