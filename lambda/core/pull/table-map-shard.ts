/** Words of 32 bits per entry: two of the key's digest, and two of the item's hash, whose first two bits are the marks. */
export const ENTRY_WORDS = 4;
const FIRST_CAPACITY = 32;
/** A fuller shard grows by a quarter. An entry then takes 18 to 23 bytes. */
const FULLEST = 0.87;
const GROWTH = 1.25;

/** The low bits of a digest hold the types of the key's fields. Digests that differ only in them are of the same key. */
export const TYPES_MASK = 0xf;

const SEEN = 0x80000000;
const TOMBSTONE = 0x40000000;
const HASH_BITS = 0x3fffffff;

/** What stands in the place of a hash if no item is known. */
const UNKNOWN = 0;
/** What stands in the place of a hash that the pull did not write. No object has it. */
const UNMATCHED = 1;
const HASH_PATTERN = /^[0-9a-f]{32}$/;

/** A part of a `TableMap`: a hash table with open addressing, in one typed array. */
export class Shard {
  #words = new Uint32Array(FIRST_CAPACITY * ENTRY_WORDS);
  #count = 0;

  /** How many entries it has. */
  get size(): number {
    return this.#count;
  }

  /** @returns The slot of the key's entry; undefined if it has none. */
  find(high: number, low: number): number | undefined {
    const slot = findSlot(this.#words, high, low);
    return isEmpty(this.#words, slot) ? undefined : slot;
  }

  /** @returns The slot of the key's entry. A new one is of a key that the walk has not seen, without an item. */
  slotOf(high: number, low: number): number {
    let slot = findSlot(this.#words, high, low);
    if (!isEmpty(this.#words, slot)) return slot;
    if ((this.#count + 1) * ENTRY_WORDS > this.#words.length * FULLEST) {
      this.#grow();
      slot = findSlot(this.#words, high, low);
    }
    this.#words[slot] = high;
    this.#words[slot + 1] = low;
    this.#count += 1;
    return slot;
  }

  isSeen(slot: number): boolean {
    return (wordAt(this.#words, slot + 2) & SEEN) !== 0;
  }

  typesAt(slot: number): number {
    return wordAt(this.#words, slot + 1) & TYPES_MASK;
  }

  /** Marks the key as seen with these types of its fields. */
  markSeen(slot: number, types: number): void {
    const words = this.#words;
    words[slot + 1] = (wordAt(words, slot + 1) & ~TYPES_MASK) | types;
    words[slot + 2] = wordAt(words, slot + 2) | SEEN;
  }

  setHash(slot: number, hash: string, isTombstone: boolean): void {
    const [high, low] = wordsOf(hash);
    const seen = wordAt(this.#words, slot + 2) & SEEN;
    this.#words[slot + 2] = seen | (isTombstone ? TOMBSTONE : 0) | high;
    this.#words[slot + 3] = low;
  }

  /** Whether an item is known. */
  hasItem(slot: number): boolean {
    return (wordAt(this.#words, slot + 2) & HASH_BITS) !== 0 || this.#words[slot + 3] !== UNKNOWN;
  }

  /** Whether an item with this hash is known. A hash that the pull did not write is never equal. */
  hasHash(slot: number, hash: string): boolean {
    const [high, low] = wordsOf(hash);
    const isOurs = high !== 0 || low > UNMATCHED;
    return isOurs && (wordAt(this.#words, slot + 2) & HASH_BITS) === high && this.#words[slot + 3] === low;
  }

  isLive(slot: number): boolean {
    return this.hasItem(slot) && (wordAt(this.#words, slot + 2) & TOMBSTONE) === 0;
  }

  /** The slots of all entries. */
  *slots(): Generator<number, void, undefined> {
    for (let slot = 0; slot < this.#words.length; slot += ENTRY_WORDS) {
      if (!isEmpty(this.#words, slot)) yield slot;
    }
  }

  /** Copies an entry's words to `target`, from an index on. */
  copyEntry(slot: number, target: Uint32Array, at: number): void {
    copyWords(this.#words, slot, target, at);
  }

  /** Takes over the item of a copied entry; the mark of a seen key stays as it is. */
  setItem(slot: number, entry: Uint32Array): void {
    const seen = wordAt(this.#words, slot + 2) & SEEN;
    this.#words[slot + 2] = seen | (wordAt(entry, 2) & ~SEEN);
    this.#words[slot + 3] = wordAt(entry, 3);
  }

  /** Removes the items that the walk has not seen, and what is known of the others. The marks of seen keys stay. */
  forgetItems(): void {
    const before = this.#words;
    this.#words = new Uint32Array(FIRST_CAPACITY * ENTRY_WORDS);
    this.#count = 0;
    for (let slot = 0; slot < before.length; slot += ENTRY_WORDS) {
      if ((wordAt(before, slot + 2) & SEEN) === 0) continue;
      const low = wordAt(before, slot + 1);
      this.markSeen(this.slotOf(wordAt(before, slot), low), low & TYPES_MASK);
    }
  }

  #grow(): void {
    const before = this.#words;
    const capacity = Math.ceil((before.length / ENTRY_WORDS) * GROWTH);
    this.#words = new Uint32Array(capacity * ENTRY_WORDS);
    for (let slot = 0; slot < before.length; slot += ENTRY_WORDS) {
      if (isEmpty(before, slot)) continue;
      const target = findSlot(this.#words, wordAt(before, slot), wordAt(before, slot + 1));
      copyWords(before, slot, this.#words, target);
    }
  }
}

/** Whether a copied entry has the mark of a seen key. */
export function isSeenEntry(entry: Uint32Array): boolean {
  return (wordAt(entry, 2) & SEEN) !== 0;
}

/** The slot that holds the key's digest, or the empty slot for it. */
function findSlot(words: Uint32Array, high: number, low: number): number {
  // The low word chooses the slot, because the high one chose the shard. Multiplying spreads it over any capacity.
  let slot = Math.floor(((low >>> 4) / 2 ** 28) * (words.length / ENTRY_WORDS)) * ENTRY_WORDS;
  while (!isEmpty(words, slot)) {
    if (words[slot] === high && ((wordAt(words, slot + 1) ^ low) & ~TYPES_MASK) === 0) return slot;
    slot += ENTRY_WORDS;
    if (slot === words.length) slot = 0;
  }
  return slot;
}

/** No digest has a high word of 0. */
function isEmpty(words: Uint32Array, slot: number): boolean {
  return words[slot] === 0;
}

/** Copies the words of an entry. */
function copyWords(from: Uint32Array, fromSlot: number, to: Uint32Array, toSlot: number): void {
  for (let word = 0; word < ENTRY_WORDS; word += 1) to[toSlot + word] = wordAt(from, fromSlot + word);
}

function wordAt(words: Uint32Array, index: number): number {
  return words[index] as number;
}

/** The first 62 bits of a hash. */
function wordsOf(hash: string): readonly [number, number] {
  if (!HASH_PATTERN.test(hash)) return [0, UNMATCHED];
  const high = Number.parseInt(hash.slice(0, 8), 16) & HASH_BITS;
  const low = Number.parseInt(hash.slice(8, 16), 16);
  // The two values that have a meaning of their own.
  return high === 0 && low <= UNMATCHED ? [1, low] : [high, low];
}
