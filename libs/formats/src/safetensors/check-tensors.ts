import type { RuleId } from "../rules.ts";
import type { TensorEntry } from "./header.ts";

/** Bits of one element (safetensors/src/tensor.rs, Dtype::bitsize). */
const bitsOf: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
};

/** Receives each fault; `offset` counts characters from the start of the JSON. */
export type FaultReport = (ruleId: RuleId, what: string, offset: number) => void;

/**
 * Checks that the tensors lie in the data without overlap, hole or rest, and that their sizes fit type and shape.
 * Returns the numbers in all tensors.
 */
export function checkTensors(tensors: readonly TensorEntry[], dataBytes: number, report: FaultReport): number {
  let parameterCount = 0;
  let expectedBegin = 0;
  const inOrder = tensors.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  for (const tensor of inOrder) {
    const shown = JSON.stringify(tensor.name.slice(0, 100));
    const { begin, end, offset } = tensor;
    if (!isCount(begin) || !isCount(end) || begin > end || !tensor.shape.every(isCount)) {
      report("safetensors.header", `tensor ${shown} has an impossible shape or impossible offsets`, offset);
      continue;
    }
    const elements = tensor.shape.reduce((product, size) => product * size, 1);
    if (Number.isSafeInteger(elements)) parameterCount += elements;
    if (end > dataBytes) report("safetensors.offsets", `tensor ${shown} ends behind the end of the file`, offset);
    if (begin < expectedBegin) report("safetensors.offsets", `tensor ${shown} overlaps another one`, offset);
    if (begin > expectedBegin) report("safetensors.hole", `unused bytes lie before tensor ${shown}`, offset);
    expectedBegin = Math.max(expectedBegin, end);
    checkSize(tensor, elements, shown, report);
  }
  if (expectedBegin < dataBytes) {
    report("safetensors.hole", `${dataBytes - expectedBegin} bytes follow behind the last tensor`, 0);
  }
  return parameterCount;
}

function checkSize(tensor: TensorEntry, elements: number, shown: string, report: FaultReport): void {
  const bits = bitsOf[tensor.dtype];
  if (bits === undefined) {
    report("safetensors.dtype", `tensor ${shown} has the unknown type ${tensor.dtype.slice(0, 50)}`, tensor.offset);
  } else if (elements * bits !== (tensor.end - tensor.begin) * 8) {
    report("safetensors.offsets", `the size of tensor ${shown} does not fit its type and shape`, tensor.offset);
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
