import type { Draws } from '../data/draws.ts';
import type { Sequence } from '../data/sequence.ts';

/** Some of a list's objects, chosen in one of these ways. */
export interface Selection {
  /** Those with these numbers. */
  readonly numbers?: readonly number[];
  /** So many with the lowest numbers. */
  readonly oldest?: number;
  /** So many with the highest numbers. */
  readonly newest?: number;
  /** So many, drawn at random. */
  readonly random?: number;
  /** Those whose number is a multiple of this one. */
  readonly every?: number;
}

/** Returns the numbers of the selected objects of a list. */
export function select(selection: Selection, list: Sequence, draws: Draws): number[] {
  const ids = list.slice(0, list.length);
  const { numbers, oldest, newest, random, every } = selection;
  if (numbers !== undefined) {
    const wanted = new Set(numbers);
    return ids.filter((id) => wanted.has(id));
  }
  if (every !== undefined) {
    return ids.filter((id) => id % every === 0);
  }
  if (random !== undefined) {
    return drawn(ids, random, draws);
  }
  const ascending = ids.sort((one, other) => one - other);
  return newest === undefined ? ascending.slice(0, oldest) : ascending.slice(-newest);
}

/** Draws different ones of the numbers, all if there are not so many. */
function drawn(ids: number[], count: number, draws: Draws): number[] {
  return Array.from(
    { length: Math.min(count, ids.length) },
    () => ids.splice(draws.below(ids.length), 1)[0] ?? 0,
  );
}
