/** Field number to value: a number is a varint, bytes and texts are length-delimited, an array repeats the field. */
export type Fields = Readonly<Record<number, FieldValue | readonly FieldValue[]>>;
type FieldValue = number | bigint | string | Uint8Array;

/** Writes a protobuf message. */
export function message(fields: Fields): Buffer {
  const parts: Buffer[] = [];
  for (const [number, values] of Object.entries(fields)) {
    for (const value of Array.isArray(values) ? (values as FieldValue[]) : [values as FieldValue]) {
      if (typeof value === "number" || typeof value === "bigint") {
        parts.push(varint(Number(number) * 8), varint(value));
      } else {
        const bytes = Buffer.from(value as Uint8Array);
        parts.push(varint(Number(number) * 8 + 2), varint(bytes.length), bytes);
      }
    }
  }
  return Buffer.concat(parts);
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}
