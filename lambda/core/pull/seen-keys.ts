import { hash } from 'node:crypto';

const BYTES_PER_DIGEST = 8;

/**
 * The keys that a walk has seen, as 64-bit digests in a hash table with open addressing. A key takes 8 to 32 bytes, so the keys of
 * millions of objects fit into memory and can be saved.
 *
 * Among ten million keys, two share a digest in one of 370,000 walks. The second object then counts as repeated; it is stored
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

  /** @returns False if the key was already seen. */
  add(key: string): boolean {
    const digest = digestOf(key);
    if (!this.#insert(digest)) return false;
    this.#fresh.push(digest);
    return true;
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

  #insert(digest: bigint): boolean {
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    const slot = findSlot(this.#slots, digest);
    if (this.#slots[slot] === digest) return false;
    this.#slots[slot] = digest;
    this.#count += 1;
    return true;
  }

  #grow(): void {
    const larger = new BigUint64Array(this.#slots.length * 2);
    for (const digest of this.#slots) {
      if (digest !== 0n) larger[findSlot(larger, digest)] = digest;
    }
    this.#slots = larger;
  }
}

/** The slot that holds the digest, or the empty slot for it. */
function findSlot(slots: BigUint64Array, digest: bigint): number {
  const mask = slots.length - 1;
  let slot = Number(digest & 0xffffffffn) & mask;
  while (slots[slot] !== 0n && slots[slot] !== digest) slot = (slot + 1) & mask;
  return slot;
}

function digestOf(key: string): bigint {
  const digest = hash('sha256', key, 'buffer').readBigUInt64BE();
  // Zero marks an empty slot.
  return digest === 0n ? 1n : digest;
}
