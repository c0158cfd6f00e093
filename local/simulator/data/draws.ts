/** Pseudo-random numbers, determined by seed, kind and number of an object, independently of other objects. */
export class Draws {
  #state: number;

  constructor(seed: number, kind: number, id: number) {
    const low = id >>> 0;
    const high = Math.floor(id / 2 ** 32);
    this.#state = scramble(scramble(scramble(seed, kind), high), low);
  }

  /** Returns an integer from 0 to 2^32 - 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** Returns an integer from 0 to `end` - 1. */
  below(end: number): number {
    return Math.floor((this.next() / 2 ** 32) * end);
  }

  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** Returns true with a probability of `percent` %. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[this.below(values.length)];
    if (value === undefined) {
      throw new RangeError('the list to pick from is empty');
    }
    return value;
  }

  digits(count: number): string {
    return String(this.below(10 ** count)).padStart(count, '0');
  }

  /** Returns a version 4 UUID. */
  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.next().toString(16).padStart(8, '0')).join('');
    const variant = '89ab'[this.below(4)];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

/** Mixes a number into the state with the finalizer of MurmurHash3. */
function scramble(state: number, value: number): number {
  let mixed = (state ^ Math.imul(value + 0x9e3779b9, 0x85ebca6b)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
