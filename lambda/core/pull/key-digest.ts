/** 64 bits that stand for a key, as two unsigned numbers of 32 bits. `high` is never 0. */
export interface KeyDigest {
  high: number;
  low: number;
}

/** The seed of a walk's digests: two integers of 32 bits. */
export type DigestSeed = readonly [number, number];

/** @returns A random seed, so that the names in a listing cannot be chosen to share digests. */
export function newDigestSeed(): DigestSeed {
  const [first = 0, second = 0] = crypto.getRandomValues(new Uint32Array(2));
  return [first, second];
}

/**
 * Computes the digest of a key: two lanes in the manner of MurmurHash3, each with multipliers of its own. SHA-256 would take
 * twenty times as long, and here only accidental collisions matter.
 *
 * @param into - Receives the digest, because a new object for each key would cost more than the digest.
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
export function digestKey(key: string, [first, second]: DigestSeed, into: KeyDigest): void {
  let high = first;
  let low = second;
  const { length } = key;
  for (let at = 0; at < length; at += 2) {
    // Past the end, charCodeAt is NaN, which counts as 0 here. The length is mixed in below.
    const block = key.charCodeAt(at) | (key.charCodeAt(at + 1) << 16);
    high ^= Math.imul(rotated(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
    high = (Math.imul(rotated(high, 13), 5) + 0xe6546b64 + low) | 0;
    low ^= Math.imul(rotated(Math.imul(block, 0xab0e9789), 16), 0x38b34ae5);
    low = (Math.imul(rotated(low, 17), 5) + 0x0bcaa747 + high) | 0;
  }
  high = (high ^ length) + low;
  low = (low ^ length) + high;
  into.high = avalanched(high) >>> 0 || 1;
  into.low = avalanched(low + into.high) >>> 0;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Makes each bit depend on every bit. */
function avalanched(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
