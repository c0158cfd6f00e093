import { concatenate, countBelow, rangeWithout, type Sequence, sequenceOf } from './sequence.ts';

/**
 * The order of a set's objects. Objects that were generated stand in the order of their numbers, from 1. Objects inserted in front
 * stand before them, and created ones behind them. Takes memory only for objects that are not in the place of their number.
 */
export class Places {
  readonly #generated: number;
  readonly #isTailSorted: boolean;
  /** Numbers of the generated objects that were removed or moved, ascending. */
  readonly #displaced: number[] = [];
  readonly #head: number[] = [];
  readonly #tail: number[] = [];

  /**
   * @param generated - The number of generated objects.
   * @param isTailSorted - Whether the objects at the end stand in the order of their numbers, or in that of their arrival.
   */
  constructor(generated: number, isTailSorted: boolean) {
    this.#generated = generated;
    this.#isTailSorted = isTailSorted;
  }

  /** Returns the generated objects with these numbers that are in their place, and those wanted of the others. */
  sequence(first: number, last: number, isWanted: (id: number) => boolean): Sequence {
    return concatenate(
      sequenceOf(this.#head.filter(isWanted)),
      rangeWithout(first, last, this.#displaced),
      sequenceOf(this.#tail.filter(isWanted)),
    );
  }

  /** Returns the position behind the object with this number, also if it was removed. @returns 0 for number 0. */
  after(id: number): number {
    if (id <= 0) {
      return 0;
    }
    const inFront = this.#head.indexOf(id) + 1;
    const behind = this.#tail.indexOf(id) + 1;
    const generated = this.#generated - this.#displaced.length;
    if (inFront > 0) {
      return inFront;
    }
    if (behind > 0 || id > this.#generated) {
      return this.#head.length + generated + (behind > 0 ? behind : this.#tailBelow(id));
    }
    return this.#head.length + id - countBelow(this.#displaced, id + 1);
  }

  /** Whether a generated object is in the place of its number. */
  isInPlace(id: number): boolean {
    return (
      Number.isInteger(id) &&
      id >= 1 &&
      id <= this.#generated &&
      this.#displaced[countBelow(this.#displaced, id)] !== id
    );
  }

  takeOut(id: number): void {
    const list = [this.#head, this.#tail].find((ids) => ids.includes(id));
    if (list !== undefined) {
      list.splice(list.indexOf(id), 1);
    } else {
      this.#displaced.splice(countBelow(this.#displaced, id), 0, id);
    }
  }

  putInFront(id: number): void {
    this.#head.unshift(id);
  }

  putBehind(id: number): void {
    this.#tail.splice(this.#tailBelow(id), 0, id);
  }

  /** Puts a generated object that was taken out back in the place of its number. */
  putBack(id: number): void {
    this.#displaced.splice(countBelow(this.#displaced, id), 1);
  }

  /** Returns how many objects at the end stand before the place of one that is not among them. */
  #tailBelow(id: number): number {
    return this.#isTailSorted ? countBelow(this.#tail, id) : this.#tail.length;
  }
}
