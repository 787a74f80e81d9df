/**
 * The bytes of the source in groups of exactly `groupBytes`, the last one shorter, each as a list of views into the
 * source's own pieces, so nothing is copied. A piece is held until its last byte was handed out.
 */
export async function* regroup(
  source: AsyncIterable<Uint8Array>,
  groupBytes: number,
): AsyncGenerator<Uint8Array[], void> {
  let group: Uint8Array[] = [];
  let missing = groupBytes;
  for await (const piece of source) {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + missing);
      group.push(part);
      from += part.length;
      missing -= part.length;
      if (missing > 0) break;
      yield group;
      group = [];
      missing = groupBytes;
    }
  }
  if (group.length > 0) yield group;
}
