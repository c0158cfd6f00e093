import { hash } from 'node:crypto';
import { canonicalText, Unstorable } from '../canonical.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { itemBytes, LARGEST_ITEM_BYTES, OWN_FIELDS_BYTES } from './item-size.ts';
import { keyOf } from './key.ts';
import type { Reject, RejectReason } from './reject.ts';
import type { Stream } from './stream.ts';

/** The fields that the pull adds to an item. An object that has one of them is a reject. */
export const OWN_FIELDS = [
  '_id',
  '_hash',
  '_changedAt',
  '_run',
  '_deletedAt',
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
  /** The types of the key's fields, see {@link keyOf}. */
  readonly keyTypes: string;
  /** Page of the walk and index in it, from 1 and 0, for the reject if the table refuses the object. */
  readonly page: number;
  readonly index: number;
}

/**
 * An object whose text has at most this many UTF-16 units fits into an item, because a unit takes at most three bytes in UTF-8.
 */
const SURELY_SMALL_ENOUGH = Math.floor(LARGEST_ITEM_BYTES / 4);

/**
 * Prepares an object for the table, or returns the reason why it cannot be stored.
 *
 * @param keyTypes - The types of the key's fields so far, see {@link keyOf}; undefined if they are not known yet.
 */
export function prepare(
  object: Json,
  stream: Stream,
  keyTypes: string | undefined,
  place: { readonly page: number; readonly index: number },
): Prepared | Reject {
  const reject = (reason: RejectReason, id?: string, field?: string): Reject => ({
    id,
    reason,
    field,
    ...place,
  });

  if (!isObject(object)) return reject('NOT_AN_OBJECT');
  const key = keyOf(object, stream.key);
  if ('reason' in key) return reject(key.reason, undefined, key.field);
  if (keyTypes !== undefined && key.types !== keyTypes) {
    return reject('KEY_TYPE_CHANGED', key.id, stream.key.join('/'));
  }
  const reserved = OWN_FIELDS.find((name) => Object.hasOwn(object, name));
  if (reserved !== undefined) return reject('RESERVED_NAME', key.id, reserved);
  try {
    const ignored = new Set(stream.ignoreChangesIn);
    const text = canonicalText(object, ignored);
    const mayBeLarge = text.length > SURELY_SMALL_ENOUGH || ignored.size > 0;
    if (mayBeLarge && itemBytes(object) + key.id.length + OWN_FIELDS_BYTES > LARGEST_ITEM_BYTES) {
      return reject('TOO_LARGE', key.id);
    }
    const digest = hash('sha256', text, 'hex').slice(0, 32);
    return { id: key.id, hash: digest, object, keyTypes: key.types, ...place };
  } catch (error) {
    if (error instanceof Unstorable) return reject(error.reason, key.id, error.field);
    throw error;
  }
}

export function isReject(result: Prepared | Reject): result is Reject {
  return 'reason' in result;
}
