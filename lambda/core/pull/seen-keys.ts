import { hash } from 'node:crypto';

const BYTES_PER_DIGEST = 8;
/** The low bits of a digest that hold the types of the key's fields. */
const TYPE_BITS = 4n;
const TYPES_MASK = 15;

/** Whether a key is new, was seen before, or was seen before with other types: 5 and "5". */
export type Sight = 'new' | 'repeated' | 'ambiguous';

/**
 * The keys that a walk has seen, as digests in a hash table with open addressing: 60 bits of the key, and 4 for the types of its
 * first four fields. A key takes 8 to 32 bytes, so the keys of millions of objects fit into memory and can be saved.
 *
 * Among ten million keys, two share a digest in one of 23,000 walks. The second object then counts as repeated; it is stored
 * nevertheless.
 */
export class SeenKeys {
  #count = 0;
  #slots = new BigUint64Array(1024);
  /** The digests added since the last {@link takeNew}. */
  #fresh: bigint[] = [];

  get count(): number {
    return this.#count;
  }

  /** How many keys were added since the last {@link takeNew}. */
  get freshCount(): number {
    return this.#fresh.length;
  }

  /** @param types - Of the key's fields, a bit each. */
  add(key: string, types = 0): Sight {
    const digest = digestOf(key, types);
    const seen = this.#insert(digest);
    if (seen !== undefined) return seen === digest ? 'repeated' : 'ambiguous';
    this.#fresh.push(digest);
    return 'new';
  }

  /** Whether the key was added, with any types. */
  has(key: string): boolean {
    return this.#slots[findSlot(this.#slots, digestOf(key, 0))] !== 0n;
  }

  /** Returns the digests added since the last call, 8 bytes each, for the state table. */
  takeNew(): Uint8Array {
    const bytes = Buffer.alloc(this.#fresh.length * BYTES_PER_DIGEST);
    this.#fresh.forEach((digest, index) => {
      bytes.writeBigUInt64BE(digest, index * BYTES_PER_DIGEST);
    });
    this.#fresh = [];
    return bytes;
  }

  /** Adds the digests that {@link takeNew} returned in an earlier slice. */
  restore(digests: Uint8Array): void {
    const view = new DataView(digests.buffer, digests.byteOffset, digests.byteLength);
    for (let offset = 0; offset < digests.byteLength; offset += BYTES_PER_DIGEST) {
      this.#insert(view.getBigUint64(offset));
    }
  }

  /** @returns The digest of the same key that was already there; undefined if the key is new. */
  #insert(digest: bigint): bigint | undefined {
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    const slot = findSlot(this.#slots, digest);
    if (this.#slots[slot] !== 0n) return this.#slots[slot];
    this.#slots[slot] = digest;
    this.#count += 1;
    return undefined;
  }

  #grow(): void {
    const larger = new BigUint64Array(this.#slots.length * 2);
    for (const digest of this.#slots) {
      if (digest !== 0n) larger[findSlot(larger, digest)] = digest;
    }
    this.#slots = larger;
  }
}

/** The slot that holds a digest of the same key, or the empty slot for it. */
function findSlot(slots: BigUint64Array, digest: bigint): number {
  const mask = slots.length - 1;
  let slot = Number(digest >> 32n) & mask;
  while (slots[slot] !== 0n && !isSameKey(slots[slot] as bigint, digest)) slot = (slot + 1) & mask;
  return slot;
}

function isSameKey(one: bigint, other: bigint): boolean {
  return (one ^ other) >> TYPE_BITS === 0n;
}

function digestOf(key: string, types: number): bigint {
  const digest = hash('sha256', key, 'buffer').readBigUInt64BE() >> TYPE_BITS;
  // Zero marks an empty slot.
  return ((digest === 0n ? 1n : digest) << TYPE_BITS) | BigInt(types & TYPES_MASK);
}
