import { Opcode } from "./opcodes.ts";

/**
 * Watches that instructions keep to their frames (protocol 4). CPython's C unpickler forgets what is left of a frame
 * when an argument reaches beyond its end, and reads the argument from behind it: the line `sklearn.|os`, cut by the
 * end of a frame, imports `os`. Picklers never write that, so every crossing is an attack.
 */
export class FrameGuard {
  #end = 0;

  /** True when an instruction from `start` to `end` crosses the end of its frame, or begins a frame inside another. */
  crosses(code: number, start: number, end: number, frameBytes: number): boolean {
    const inFrame = start < this.#end;
    if (code === Opcode.FRAME) {
      const nested = inFrame;
      this.#end = end + frameBytes;
      return nested;
    }
    return inFrame && end > this.#end;
  }

  /** True when `position` lies inside a frame, where data of an array cannot stand. */
  contains(position: number): boolean {
    return position < this.#end;
  }
}
