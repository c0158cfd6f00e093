import { hash } from 'node:crypto';

/**
 * The links and cursors that a walk has followed, as digests of 53 bits.
 *
 * Among 400,000 links, two share a digest in one of 100,000 walks. Such a walk ends as a loop, and the next one begins anew.
 */
export class FollowedLinks {
  readonly #digests = new Set<number>();
  /** The digests added since the last {@link takeNew}. */
  #fresh: number[] = [];

  /** @returns False if the link was added before. */
  add(link: string): boolean {
    const digest = digestOf(link);
    if (this.#digests.has(digest)) return false;
    this.#digests.add(digest);
    this.#fresh.push(digest);
    return true;
  }

  /** Returns the digests added since the last call, 8 bytes each, for the state table. */
  takeNew(): Uint8Array {
    const bytes = new Uint8Array(Float64Array.from(this.#fresh).buffer);
    this.#fresh = [];
    return bytes;
  }

  /** Adds the digests that {@link takeNew} returned in an earlier slice. */
  restore(digests: Uint8Array): void {
    // A copy, because an array of doubles must begin at a multiple of eight bytes.
    for (const digest of new Float64Array(new Uint8Array(digests).buffer)) this.#digests.add(digest);
  }
}

function digestOf(link: string): number {
  return Number(hash('sha256', link, 'buffer').readBigUInt64BE() >> 11n);
}
