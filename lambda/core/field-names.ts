/** The names of an object's fields, prepared for writing them. */
export interface FieldNames {
  /** Each name as JSON has it before its value, with quotes and a colon, in the sequence of the object. */
  readonly labels: readonly string[];
  /** The indexes of the names in sorted order. */
  readonly sorted: readonly number[];
}

/** Limits of the tree, so that unusual data cannot fill the memory. Names of the longest kind take some 12 MB. */
const MOST_KEPT = 20_000;
const MOST_NAMES = 500;
const LONGEST_NAME = 100;

/**
 * A place in the tree of names. A sequence of names leads from the root to its place. The objects of a listing nearly always have the
 * same names in the same sequence, so a place first compares a name with the one that followed last.
 */
class Place {
  /** What was prepared for the names that lead here; undefined if no object had exactly these. */
  prepared: FieldNames | undefined;
  #lastName: string | undefined;
  #last: Place | undefined;
  readonly #next = new Map<string, Place>();

  /** The place behind this one; undefined if the name never followed. */
  follow(name: string): Place | undefined {
    if (name === this.#lastName) return this.#last;
    const next = this.#next.get(name);
    if (next !== undefined) {
      this.#lastName = name;
      this.#last = next;
    }
    return next;
  }

  add(name: string): Place {
    const next = new Place();
    this.#next.set(name, next);
    return next;
  }
}

let root = new Place();
/** Number of names in all kept sequences. The tree has at most as many places. */
let kept = 0;

/**
 * Sorts and quotes an object's names once for all objects that have the same names in the same sequence.
 *
 * @param names - As `Object.keys` returns them.
 * @returns Undefined if there are too many names to keep, or one of them is too long, empty or not well-formed.
 */
export function fieldNames(names: readonly string[]): FieldNames | undefined {
  if (names.length > MOST_NAMES) return undefined;
  let place: Place | undefined = root;
  for (let index = 0; index < names.length && place !== undefined; index += 1) {
    place = place.follow(names[index] as string);
  }
  return place?.prepared ?? (names.every(isUsual) ? keep(names) : undefined);
}

function isUsual(name: string): boolean {
  return name !== '' && name.length <= LONGEST_NAME && name.isWellFormed();
}

function keep(names: readonly string[]): FieldNames {
  if (kept + names.length > MOST_KEPT) {
    root = new Place();
    kept = 0;
  }
  kept += names.length;
  let place = root;
  for (const name of names) place = place.follow(name) ?? place.add(name);
  place.prepared = {
    labels: names.map((name) => `${JSON.stringify(name)}:`),
    sorted: [...names.keys()].sort((one, other) =>
      (names[one] as string) < (names[other] as string) ? -1 : 1,
    ),
  };
  return place.prepared;
}
