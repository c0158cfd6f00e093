import { concatenate, countBelow, partition, rangeWithout, type Sequence, sequenceOf } from './sequence.ts';

/** The fields of an object, as the API shows them. */
export type Fields = Readonly<Record<string, unknown>>;

interface ObjectSetOptions {
  /** Number of generated objects. They have the numbers 1 to `count`. */
  readonly count: number;
  /** Builds an object from its number. Always builds the same object. */
  readonly build: (id: number) => Fields;
  /** Returns the creation time of a generated object, in milliseconds since the epoch. Must not decrease with the number. */
  readonly createdAt: (id: number) => number;
  /** Whether an edit moves the object to the end of the listing. */
  readonly movesOnEdit?: boolean;
}

/**
 * All objects of a kind. They are generated from their numbers, and changes are stored in an overlay.
 *
 * Only changed objects take memory. The order is that of the numbers, except for objects inserted in front and moved objects.
 */
export class ObjectSet {
  readonly #options: ObjectSetOptions;
  /** Numbers of the generated objects that were removed or moved, ascending. */
  readonly #displaced: number[] = [];
  readonly #head: number[] = [];
  readonly #tail: number[] = [];
  readonly #overlay = new Map<number, Fields>();
  readonly #changedAt = new Map<number, number>();
  #lastId: number;

  constructor(options: ObjectSetOptions) {
    this.#options = options;
    this.#lastId = options.count;
  }

  /** Returns all objects, in listing order. */
  all(): Sequence {
    return this.#inOrder(1, this.#options.count, () => true);
  }

  /**
   * Returns the objects created in a period.
   *
   * @param from - In milliseconds since the epoch, inclusive; so is `until`.
   */
  createdBetween(from: number, until: number): Sequence {
    const { count, createdAt } = this.#options;
    const first = 1 + partition(count, (index) => createdAt(index + 1) < from);
    const last = partition(count, (index) => createdAt(index + 1) <= until);
    return this.#inOrder(first, last, (id) => {
      const at = this.#changedAt.get(id) ?? 0;
      return at >= from && at <= until;
    });
  }

  /**
   * Returns the objects created or changed since a time, with changed older ones first.
   *
   * @param from - In milliseconds since the epoch, inclusive.
   */
  changedSince(from: number): Sequence {
    const created = this.createdBetween(from, Number.POSITIVE_INFINITY);
    const older = [...this.#changedAt]
      .filter(([id, at]) => at >= from && this.#isInPlace(id) && this.#options.createdAt(id) < from)
      .map(([id]) => id)
      .sort((one, other) => one - other);
    return concatenate(sequenceOf(older), created);
  }

  /**
   * Returns the position of the first object after the one with this number, also if that object was removed.
   *
   * @returns 0 for number 0; the length of the list for an unknown number.
   */
  positionAfter(id: number): number {
    if (id <= 0) {
      return 0;
    }
    const inFront = this.#head.indexOf(id) + 1;
    const behind = this.#tail.indexOf(id) + 1;
    const generated = this.#options.count - this.#displaced.length;
    if (inFront > 0) {
      return inFront;
    }
    if (behind > 0 || id > this.#options.count) {
      return this.#head.length + generated + (behind > 0 ? behind : this.#tail.length);
    }
    return this.#head.length + id - countBelow(this.#displaced, id + 1);
  }

  /** Returns the numbers of created and edited objects that still exist. */
  overlaid(): number[] {
    return [...this.#overlay.keys()];
  }

  has(id: number): boolean {
    return this.#overlay.has(id) || this.#isInPlace(id);
  }

  /** Returns the object; undefined if it does not exist. */
  get(id: number): Fields | undefined {
    return this.#overlay.get(id) ?? (this.#isInPlace(id) ? this.#options.build(id) : undefined);
  }

  /** Returns the generated object without its changes, also if it was removed. */
  original(id: number): Fields {
    return this.#options.build(id);
  }

  /** Adds a generated object with these fields in place of the generated ones. @returns Its number. */
  create(fields: Fields = {}, place: 'first' | 'last' = 'last'): number {
    this.#lastId += 1;
    this.#overlay.set(this.#lastId, { ...this.#options.build(this.#lastId), ...fields });
    this.#changedAt.set(this.#lastId, Date.now());
    if (place === 'first') {
      this.#head.unshift(this.#lastId);
    } else {
      this.#tail.push(this.#lastId);
    }
    return this.#lastId;
  }

  /** Changes fields. A field that is set to undefined is left out. */
  edit(id: number, fields: Fields): void {
    const current = this.get(id);
    if (current === undefined) {
      throw new RangeError(`there is no object with number ${id}`);
    }
    this.#overlay.set(id, { ...current, ...fields });
    this.#changedAt.set(id, Date.now());
    if (this.#options.movesOnEdit) {
      this.#takeOut(id);
      this.#tail.push(id);
    }
  }

  remove(id: number): void {
    if (!this.has(id)) {
      throw new RangeError(`there is no object with number ${id}`);
    }
    this.#takeOut(id);
    this.#overlay.delete(id);
    this.#changedAt.delete(id);
  }

  #isInPlace(id: number): boolean {
    return (
      Number.isInteger(id) &&
      id >= 1 &&
      id <= this.#options.count &&
      this.#displaced[countBelow(this.#displaced, id)] !== id
    );
  }

  #takeOut(id: number): void {
    const list = [this.#head, this.#tail].find((ids) => ids.includes(id));
    if (list !== undefined) {
      list.splice(list.indexOf(id), 1);
    } else {
      this.#displaced.splice(countBelow(this.#displaced, id), 0, id);
    }
  }

  #inOrder(first: number, last: number, isWanted: (id: number) => boolean): Sequence {
    return concatenate(
      sequenceOf(this.#head.filter(isWanted)),
      rangeWithout(first, last, this.#displaced),
      sequenceOf(this.#tail.filter(isWanted)),
    );
  }
}

/** Returns all fields of an object except its number, set to undefined. For writes that replace the whole object. */
export function clearedFields(object: Fields, key: string): Fields {
  return Object.fromEntries(
    Object.keys(object)
      .filter((name) => name !== key)
      .map((name) => [name, undefined]),
  );
}
