import { type DigestSeed, digestKey, type KeyDigest } from './key-digest.ts';
import { ENTRY_WORDS, isSeenEntry, Shard, TYPES_MASK } from './table-map-shard.ts';

/** Each shard grows by itself, so that growing needs little memory beside the map. */
const SHARDS = 64;
/** Bytes of a saved entry. */
export const ENTRY_BYTES = 4 * ENTRY_WORDS;

/** An item of a stream's table, as far as a walk needs it. */
export interface TableItem {
  readonly id: string;
  /** Undefined if another program wrote the item. The map leaves such an item out. */
  readonly hash: string | undefined;
  readonly isTombstone: boolean;
}

/** Whether a key is new to the walk, was seen before, or was seen before with other types: 5 and "5". */
export type Sight = 'new' | 'repeated' | 'ambiguous';

/**
 * The items of a stream's table and the keys that a walk has seen, in memory: 60 bits of the key's digest, 4 for the types of its
 * first four fields, 62 bits of the item's hash, and two marks. That takes 18 to 23 bytes, so the items of millions of objects fit
 * into a function.
 *
 * Among ten million keys, two share a digest in one of 23,000 walks. The second object then counts as repeated; it is stored
 * nevertheless.
 */
export class TableMap {
  /** Saved with the walk, because the digests of its keys depend on it. */
  readonly seed: DigestSeed;
  /** Whether every item of the table was added, so that a key without an item has none in the table either. */
  isWhole = false;
  readonly #shards = Array.from({ length: SHARDS }, () => new Shard());
  readonly #digest: KeyDigest = { high: 0, low: 0 };
  /** The digests of the keys seen since the last {@link takeNewlySeen}, two words each. */
  #newlySeen: number[] = [];
  #seenCount = 0;

  constructor(seed: DigestSeed) {
    this.seed = seed;
  }

  /** Keys that the walk has seen. */
  get seenCount(): number {
    return this.#seenCount;
  }

  /** Keys seen since the last {@link takeNewlySeen}. */
  get newlySeenCount(): number {
    return this.#newlySeen.length / 2;
  }

  /** Keys in the map, seen or with an item. */
  get size(): number {
    return this.#shards.reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Adds an item of the table. All items are added before the walk compares or writes, because a scan is older than a write.
   * A scan that shows an item twice does no harm.
   */
  add({ id, hash, isTombstone }: TableItem): void {
    if (hash === undefined) return;
    const shard = this.#shardOf(id);
    shard.setHash(this.#slotIn(shard), hash, isTombstone);
  }

  /** Marks the key as seen. @param types - Of the key's fields, a bit each. */
  see(id: string, types = 0): Sight {
    const shard = this.#shardOf(id);
    const slot = this.#slotIn(shard);
    const known = types & TYPES_MASK;
    if (shard.isSeen(slot)) return shard.typesAt(slot) === known ? 'repeated' : 'ambiguous';
    shard.markSeen(slot, known);
    this.#seenCount += 1;
    this.#newlySeen.push(this.#digest.high, this.#digest.low);
    return 'new';
  }

  /** Whether the walk has seen the key, with any types. */
  hasSeen(id: string): boolean {
    const shard = this.#shardOf(id);
    const slot = shard.find(this.#digest.high, this.#digest.low);
    return slot !== undefined && shard.isSeen(slot);
  }

  /** Whether an item with this key is known. */
  hasItem(id: string): boolean {
    const shard = this.#shardOf(id);
    const slot = shard.find(this.#digest.high, this.#digest.low);
    return slot !== undefined && shard.hasItem(slot);
  }

  /** Whether the item with this key is a tombstone. */
  hasTombstone(id: string): boolean {
    const shard = this.#shardOf(id);
    const slot = shard.find(this.#digest.high, this.#digest.low);
    return slot !== undefined && shard.hasItem(slot) && !shard.isLive(slot);
  }

  /** Whether no item with this key is known, or one with another hash. */
  differs(id: string, hash: string): boolean {
    const shard = this.#shardOf(id);
    const slot = shard.find(this.#digest.high, this.#digest.low);
    return slot === undefined || !shard.hasHash(slot, hash);
  }

  /** Notes that the walk has stored the object. Its item is no tombstone any more. */
  wrote(id: string, hash: string): void {
    const shard = this.#shardOf(id);
    shard.setHash(this.#slotIn(shard), hash, false);
  }

  /** As {@link wrote}, for a key that was seen before: its entry may be saved already, and has to be saved again. */
  wroteAgain(id: string, hash: string): void {
    this.wrote(id, hash);
    this.#newlySeen.push(this.#digest.high, this.#digest.low);
  }

  /** Forgets all items, because the table has too many of them. The keys that the walk has seen stay. */
  forgetItems(): void {
    for (const shard of this.#shards) shard.forgetItems();
  }

  /** Counts the items that are no tombstones. */
  countLive(): number {
    return this.#count((shard, slot) => shard.isLive(slot));
  }

  /** Counts the items that are no tombstones, and whose keys the walk has not seen. */
  countUnseen(): number {
    return this.#count((shard, slot) => shard.isLive(slot) && !shard.isSeen(slot));
  }

  #count(isCounted: (shard: Shard, slot: number) => boolean): number {
    let count = 0;
    for (const shard of this.#shards) {
      for (const slot of shard.slots()) if (isCounted(shard, slot)) count += 1;
    }
    return count;
  }

  /**
   * Returns the entries of the keys seen or stored again since the last call, {@link ENTRY_BYTES} each, for the state table. All
   * writes of their objects must be done.
   */
  takeNewlySeen(): Uint8Array {
    const entries = new Uint32Array(this.newlySeenCount * ENTRY_WORDS);
    for (let index = 0; index < this.newlySeenCount; index += 1) {
      const high = this.#newlySeen[2 * index] as number;
      const shard = this.#shards[high % SHARDS] as Shard;
      const slot = shard.slotOf(high, this.#newlySeen[2 * index + 1] as number);
      shard.copyEntry(slot, entries, index * ENTRY_WORDS);
    }
    this.#newlySeen = [];
    return new Uint8Array(entries.buffer);
  }

  /** The items of keys that the walk has not seen, {@link ENTRY_BYTES} each. @param most - Entries in one array. */
  *unseenItems(most: number): Generator<Uint8Array, void, undefined> {
    let entries = new Uint32Array(most * ENTRY_WORDS);
    let count = 0;
    for (const shard of this.#shards) {
      for (const slot of shard.slots()) {
        if (shard.isSeen(slot) || !shard.hasItem(slot)) continue;
        shard.copyEntry(slot, entries, count * ENTRY_WORDS);
        count += 1;
        if (count < most) continue;
        yield new Uint8Array(entries.buffer);
        entries = new Uint32Array(most * ENTRY_WORDS);
        count = 0;
      }
    }
    if (count > 0) yield new Uint8Array(entries.buffer, 0, count * ENTRY_BYTES);
  }

  /**
   * Adds entries that {@link takeNewlySeen} or {@link unseenItems} returned in an earlier slice. A later entry of the same key replaces
   * an earlier one.
   *
   * @param withItems - False if the items may have changed since; only the marks of seen keys are restored then.
   */
  restore(saved: Uint8Array, withItems: boolean): void {
    // A copy, because an array of words must begin at a multiple of four bytes.
    const words = new Uint32Array(new Uint8Array(saved).buffer);
    for (let at = 0; at < words.length; at += ENTRY_WORDS) {
      const entry = words.subarray(at, at + ENTRY_WORDS);
      const [high = 0, low = 0] = entry;
      const shard = this.#shards[high % SHARDS] as Shard;
      const slot = shard.slotOf(high, low);
      const wasSeen = shard.isSeen(slot);
      if (isSeenEntry(entry)) {
        shard.markSeen(slot, low & TYPES_MASK);
        if (!wasSeen) this.#seenCount += 1;
      }
      if (withItems) shard.setItem(slot, entry);
    }
  }

  /** The shard of a key, whose digest is then in `#digest`. */
  #shardOf(id: string): Shard {
    digestKey(id, this.seed, this.#digest);
    return this.#shards[this.#digest.high % SHARDS] as Shard;
  }

  #slotIn(shard: Shard): number {
    return shard.slotOf(this.#digest.high, this.#digest.low);
  }
}
