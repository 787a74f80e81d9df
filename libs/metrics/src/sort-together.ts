/** Ciura, Best increments for the average case of Shellsort, FCT 2001; beyond it by the factor 2.25. */
const GAPS = [1, 4, 10, 23, 57, 132, 301, 701, 1577, 3548, 7983, 17961, 40412];

/** Sorts keys so that they rise, in place, and moves each one's companion with it. By Shellsort: no memory, no recursion. */
export function sortTogether(keys: Float64Array, companions: Float64Array): void {
  for (let step = GAPS.length - 1; step >= 0; step -= 1) {
    const gap = GAPS[step] as number;
    for (let from = gap; from < keys.length; from += 1) {
      const key = keys[from] as number;
      const companion = companions[from] as number;
      let to = from;
      for (; to >= gap && (keys[to - gap] as number) > key; to -= gap) {
        keys[to] = keys[to - gap] as number;
        companions[to] = companions[to - gap] as number;
      }
      keys[to] = key;
      companions[to] = companion;
    }
  }
}
