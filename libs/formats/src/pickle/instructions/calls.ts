import { type Instruction, type Instructions, KEPT_ITEMS } from "../machine.ts";
import { Opcode } from "../opcodes.ts";
import { Instance, OPAQUE } from "../value.ts";

const call: Instruction = (machine, operation) => {
  const args = machine.stack.pop();
  machine.stack.push(machine.call(machine.stack.pop(), args, operation));
};

const extension: Instruction = ({ stack, observer }, { integer, offset }) => {
  const what = `the pickle imports number ${integer} of a registry that is not in it`;
  observer.found("pickle.extension", what, offset);
  stack.push(OPAQUE);
};

/** Instructions that import, call, or reach outside the pickle. */
export const callInstructions: Instructions = {
  [Opcode.GLOBAL]: (machine, operation) =>
    machine.stack.push(machine.importName(operation.text ?? "", operation.secondText ?? "", operation)),
  [Opcode.STACK_GLOBAL]: (machine, operation) => {
    const { stack, observer } = machine;
    const name = stack.pop();
    const module = stack.pop();
    if (typeof name === "string" && typeof module === "string") {
      stack.push(machine.importName(module, name, operation));
      return;
    }
    observer.found("pickle.import.unresolved", "the pickle hides the name of an import", operation.offset);
    stack.push(OPAQUE);
  },
  [Opcode.INST]: (machine, operation) => {
    const callee = machine.importName(operation.text ?? "", operation.secondText ?? "", operation);
    const { kept, count } = machine.stack.popToMark(KEPT_ITEMS);
    machine.stack.push(machine.call(callee, machine.tuple(kept, count), operation));
  },
  [Opcode.OBJ]: (machine, operation) => {
    const { kept, count } = machine.stack.popToMark(KEPT_ITEMS);
    const [callee, ...args] = kept;
    machine.stack.push(machine.call(callee ?? OPAQUE, machine.tuple(args, count - 1), operation));
  },
  [Opcode.REDUCE]: call,
  [Opcode.NEWOBJ]: call,
  [Opcode.NEWOBJ_EX]: (machine, operation) => {
    machine.stack.pop();
    call(machine, operation);
  },
  [Opcode.BUILD]: (machine, operation) => {
    const state = machine.stack.pop();
    const target = machine.stack.top();
    machine.changed(target, operation);
    if (target instanceof Instance) target.state = state;
    machine.observer.built(target, state);
  },
  [Opcode.EXT1]: extension,
  [Opcode.EXT2]: extension,
  [Opcode.EXT4]: extension,
  [Opcode.PERSID]: ({ stack, observer }, { text, offset }) => {
    observer.persistent(text ?? OPAQUE, offset);
    stack.push(OPAQUE);
  },
  [Opcode.BINPERSID]: ({ stack, observer }, { offset }) => {
    observer.persistent(stack.pop(), offset);
    stack.push(OPAQUE);
  },
};
