import { hash } from 'node:crypto';
import { canonicalText, Unstorable } from '../canonical.ts';
import type { Json, JsonObject } from '../json.ts';
import { itemBytes, LARGEST_ITEM_BYTES, OWN_FIELDS_BYTES } from './item-size.ts';
import { type Keyed, keyOf } from './key.ts';
import type { Reject, RejectReason } from './reject.ts';
import type { Stream } from './stream.ts';

/** The fields that the pull adds to an item. An object that has one of them is a reject. */
export const OWN_FIELDS = [
  '_id',
  '_hash',
  '_changedAt',
  '_run',
  '_deletedAt',
  '_deletedBecause',
  '_mergedInto',
  '_expiresAt',
] as const;

/** An object ready to be compared and stored. */
export interface Prepared {
  /** The item's `_id`. */
  readonly id: string;
  /** The item's `_hash`: SHA-256 of the object as canonical JSON, its first 16 bytes in hexadecimal. */
  readonly hash: string;
  readonly object: JsonObject;
  /** The length of the object's JSON text, without fields whose changes are ignored. */
  readonly bytes: number;
  /** Page of the walk and index in it, from 1 and 0, for the reject if the table refuses the object. */
  readonly page: number;
  readonly index: number;
}

/**
 * An object whose text has at most this many UTF-16 units fits into an item, because a unit takes at most three bytes in UTF-8.
 */
const SURELY_SMALL_ENOUGH = Math.floor(LARGEST_ITEM_BYTES / 4);

/** An object's page in the walk and its index in the page, from 1 and 0. */
export type Place = Pick<Reject, 'page' | 'index'>;

/** Prepares an object for the table, or returns the reason why it cannot be stored. */
export function prepare(object: Json, stream: Stream, place: Place): Prepared | Reject {
  const key = keyOf(object, stream.key);
  return 'reason' in key ? { id: undefined, ...key, ...place } : prepareKeyed(key, stream, place);
}

/** Prepares an object that has a key. */
export function prepareKeyed({ object, id }: Keyed, stream: Stream, place: Place): Prepared | Reject {
  const reject = (reason: RejectReason, field?: string): Reject => ({ id, reason, field, ...place });

  const reserved = OWN_FIELDS.find((name) => Object.hasOwn(object, name));
  if (reserved !== undefined) return reject('RESERVED_NAME', reserved);
  try {
    const text = canonicalText(object, stream.ignoreChangesIn);
    const mayBeLarge = text.length > SURELY_SMALL_ENOUGH || stream.ignoreChangesIn.length > 0;
    if (mayBeLarge && itemBytes(object) + id.length + OWN_FIELDS_BYTES > LARGEST_ITEM_BYTES) {
      return reject('TOO_LARGE');
    }
    const digest = hash('sha256', text, 'hex').slice(0, 32);
    return { id, hash: digest, object, bytes: text.length, ...place };
  } catch (error) {
    if (error instanceof Unstorable) return reject(error.reason, error.field);
    throw error;
  }
}

export function isReject(result: Prepared | Reject): result is Reject {
  return 'reason' in result;
}
