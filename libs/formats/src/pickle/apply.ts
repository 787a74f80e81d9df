import type { Decoder } from "./decoder.ts";
import { callInstructions } from "./instructions/calls.ts";
import { dataInstructions } from "./instructions/data.ts";
import { structureInstructions } from "./instructions/structures.ts";
import type { Instruction, Machine } from "./machine.ts";
import { Opcode } from "./opcodes.ts";

const instructions: readonly (Instruction | undefined)[] = Array.from(
  { length: 256 },
  (_, code) => dataInstructions[code] ?? structureInstructions[code] ?? callInstructions[code],
);

/** Applies the decoder's operation to the machine; false after STOP. */
export function apply(machine: Machine, operation: Decoder): boolean {
  if (operation.code === Opcode.STOP) {
    machine.stack.pop();
    return false;
  }
  instructions[operation.code]?.(machine, operation);
  return true;
}
