/**
 * A value and an order key in one string that sorts as the pair does, by bytes, as MongoDB compares strings. Numbers are
 * 16 hexadecimal digits of the float64, with the sign bit flipped for positive numbers and all bits for negative ones,
 * so that they sort by value; strings end with U+0000, which none of them holds; the order key is 14 digits (2^53).
 */
const NUMBER_DIGITS = 16;
const ORDER_DIGITS = 14;
const END_OF_STRING = "\u0000";
/** Behind every digit. */
const BEHIND_DIGITS = "g";

const float = new DataView(new ArrayBuffer(8));

export function packNumber(value: number, order: number): string {
  return numberDigits(value) + orderDigits(order);
}

export function packString(value: string, order: number): string {
  return value + END_OF_STRING + orderDigits(order);
}

/** Everything packed with a number from `value` on, or only behind it, is at or above this. */
export function numberFloor(value: number, exclusive = false): string {
  return exclusive ? numberDigits(value) + BEHIND_DIGITS : numberDigits(value);
}

/** Everything packed with a number up to `value`, or only below it, is below this. */
export function numberCeiling(value: number, exclusive = false): string {
  return exclusive ? numberDigits(value) : numberDigits(value) + BEHIND_DIGITS;
}

export function unpackNumber(packed: string): number {
  const digits = BigInt(`0x${packed.slice(0, NUMBER_DIGITS)}`);
  const negative = digits >> 63n === 0n;
  float.setBigUint64(0, negative ? ~digits & 0xffff_ffff_ffff_ffffn : digits ^ (1n << 63n));
  return float.getFloat64(0);
}

export function unpackString(packed: string): string {
  return packed.slice(0, -(END_OF_STRING.length + ORDER_DIGITS));
}

function numberDigits(value: number): string {
  float.setFloat64(0, value);
  const high = float.getUint32(0);
  const low = float.getUint32(4);
  const negative = high >>> 31 === 1;
  return negative
    ? hexadecimal(~high, 8) + hexadecimal(~low, 8)
    : hexadecimal(high ^ 0x8000_0000, 8) + hexadecimal(low, 8);
}

function orderDigits(order: number): string {
  return order.toString(16).padStart(ORDER_DIGITS, "0");
}

function hexadecimal(word: number, digits: number): string {
  return (word >>> 0).toString(16).padStart(digits, "0");
}
