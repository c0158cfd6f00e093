import { Places } from './places.ts';
import { Presence } from './presence.ts';
import { concatenate, partition, type Sequence, sequenceOf } from './sequence.ts';
import type { Timeline } from './timeline.ts';

/** The fields of an object, as the API shows them. */
export type Fields = Readonly<Record<string, unknown>>;

interface ObjectSetOptions {
  /** Number of generated objects. They have the numbers 1 to `count`. */
  readonly count: number;
  /** Builds an object from its number. Always builds the same object. */
  readonly build: (id: number) => Fields;
  /** The field that identifies an object. */
  readonly key: string;
  /** Returns the creation time of a generated object, in milliseconds since the epoch. Must not decrease with the number. */
  readonly createdAt: (id: number) => number;
  /** Whether an edit moves the object to the end of the listing. @default false */
  readonly movesOnEdit?: boolean;
  readonly timeline: Timeline;
}

/** What a removed object was like: its overlay and the time of its latest change, undefined if it had none. */
interface Removed {
  readonly fields: Fields | undefined;
  readonly changedAt: number | undefined;
}

/**
 * All objects of a kind. They are generated from their numbers, and changes are stored in an overlay.
 *
 * Only changed objects take memory. The order is that of the numbers, except for objects inserted in front and moved objects.
 */
export class ObjectSet {
  readonly #options: ObjectSetOptions;
  readonly #places: Places;
  readonly #overlay = new Map<number, Fields>();
  readonly #changedAt = new Map<number, number>();
  /** Moments of the creations and latest edits. */
  readonly #modified = new Map<number, number>();
  readonly #removed = new Map<number, Removed>();
  #lastId: number;
  /** When the objects were there. */
  readonly presence: Presence;

  constructor(options: ObjectSetOptions) {
    this.#options = options;
    this.#places = new Places(options.count, options.movesOnEdit !== true);
    this.#lastId = options.count;
    this.presence = new Presence(options.timeline);
  }

  /** Returns all objects, in listing order. */
  all(): Sequence {
    return this.#places.sequence(1, this.#options.count, () => true);
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
    return this.#places.sequence(first, last, (id) => {
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
      .filter(([id, at]) => at >= from && this.#places.isInPlace(id) && this.#options.createdAt(id) < from)
      .map(([id]) => id)
      .sort((one, other) => one - other);
    return concatenate(sequenceOf(older), created);
  }

  /** Returns the position of the first object after the one with this number, also if that was removed. @returns 0 for number 0. */
  positionAfter(id: number): number {
    return this.#places.after(id);
  }

  /** Returns the numbers of created and edited objects that still exist. */
  overlaid(): number[] {
    return [...this.#overlay.keys()];
  }

  has(id: number): boolean {
    return this.#overlay.has(id) || this.#places.isInPlace(id);
  }

  /** Returns the object; undefined if it does not exist. */
  get(id: number): Fields | undefined {
    return this.#overlay.get(id) ?? (this.#places.isInPlace(id) ? this.#options.build(id) : undefined);
  }

  /** Returns the generated object without its changes, also if it was removed. */
  original(id: number): Fields {
    return this.#options.build(id);
  }

  /** Returns the value that identifies an object, also a removed one; undefined if there never was one with this number. */
  keyOf(id: number): unknown {
    const removed = this.#removed.get(id);
    const fields = removed === undefined ? this.get(id) : (removed.fields ?? this.#options.build(id));
    return fields?.[this.#options.key];
  }

  /** The moment at which the object was created or last edited; 0 for a generated object that was never edited. */
  modified(id: number): number {
    return this.#modified.get(id) ?? 0;
  }

  /** Adds a generated object with these fields in place of the generated ones. @returns Its number. */
  create(fields: Fields = {}, place: 'first' | 'last' = 'last'): number {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#overlay.set(id, { ...this.#options.build(id), ...fields });
    this.#changedAt.set(id, this.#options.timeline.now());
    if (place === 'first') {
      this.#places.putInFront(id);
    } else {
      this.#places.putBehind(id);
    }
    this.#modified.set(id, this.presence.note(id, 'created'));
    return id;
  }

  /** Changes fields. A field that is set to undefined is left out. */
  edit(id: number, fields: Fields): void {
    const current = this.get(id);
    if (current === undefined) {
      throw new RangeError(`there is no object with number ${id}`);
    }
    this.#overlay.set(id, { ...current, ...fields });
    this.#changedAt.set(id, this.#options.timeline.now());
    this.#modified.set(id, this.presence.note(id, 'edited'));
    if (this.#options.movesOnEdit) {
      this.#places.takeOut(id);
      this.#places.putBehind(id);
    }
  }

  remove(id: number): void {
    if (!this.has(id)) {
      throw new RangeError(`there is no object with number ${id}`);
    }
    this.#removed.set(id, { fields: this.#overlay.get(id), changedAt: this.#changedAt.get(id) });
    this.#places.takeOut(id);
    this.#overlay.delete(id);
    this.#changedAt.delete(id);
    this.presence.note(id, 'removed');
  }

  /** Removes an object, and creates one with a new number and key, and the same fields otherwise. @returns Its number. */
  renumber(id: number): number {
    const { [this.#options.key]: _key, ...fields } = this.get(id) ?? {};
    this.remove(id);
    return this.create(fields);
  }

  /** Returns the numbers of the removed objects, in the order of their removal. */
  removed(): number[] {
    return [...this.#removed.keys()];
  }

  /** Brings a removed object back with exactly its last fields. */
  restore(id: number): void {
    const removed = this.#removed.get(id);
    if (removed === undefined) {
      throw new RangeError(`there is no removed object with number ${id}`);
    }
    this.#removed.delete(id);
    if (removed.fields !== undefined) this.#overlay.set(id, removed.fields);
    if (removed.changedAt !== undefined) this.#changedAt.set(id, removed.changedAt);
    const hasMoved = this.#options.movesOnEdit === true && this.#modified.has(id);
    if (id <= this.#options.count && !hasMoved) {
      this.#places.putBack(id);
    } else {
      this.#places.putBehind(id);
    }
    this.presence.note(id, 'restored');
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
