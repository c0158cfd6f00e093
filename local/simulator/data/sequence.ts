/** A list of object numbers in listing order. Returns any part of it without computing the rest. */
export interface Sequence {
  readonly length: number;
  slice(offset: number, count: number): number[];
}

export function sequenceOf(ids: readonly number[]): Sequence {
  return { length: ids.length, slice: (offset, count) => ids.slice(offset, offset + count) };
}

export function concatenate(...parts: readonly Sequence[]): Sequence {
  return {
    length: parts.reduce((sum, { length }) => sum + length, 0),
    slice(offset, count) {
      let ids: number[] = [];
      let skipped = 0;
      for (const part of parts) {
        if (ids.length < count && offset < skipped + part.length) {
          ids = ids.concat(part.slice(Math.max(0, offset - skipped), count - ids.length));
        }
        skipped += part.length;
      }
      return ids;
    },
  };
}

/** Counts the ascending numbers that are smaller than `limit`. */
export function countBelow(ascending: readonly number[], limit: number): number {
  return partition(ascending.length, (index) => (ascending[index] ?? limit) < limit);
}

/** Returns the first index from 0 to `length` at which `holds` is false. `holds` must be false at all later indexes. */
export function partition(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Returns the numbers from `first` to `last` without those in `gone`, which is ascending. */
export function rangeWithout(first: number, last: number, gone: readonly number[]): Sequence {
  const from = countBelow(gone, first);
  const missing = countBelow(gone, last + 1) - from;
  const length = Math.max(0, last - first + 1 - missing);
  return {
    length,
    slice(offset, count) {
      const wanted = Math.min(count, length - offset);
      // The number of gaps before the object at `offset`.
      let gaps = partition(missing, (index) => (gone[from + index] ?? 0) - first - index <= offset);
      const ids: number[] = [];
      for (let id = first + offset + gaps; ids.length < wanted; id += 1) {
        if (gone[from + gaps] === id) {
          gaps += 1;
        } else {
          ids.push(id);
        }
      }
      return ids;
    },
  };
}
