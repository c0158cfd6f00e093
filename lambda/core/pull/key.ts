import { integerText, type JsonObject } from '../json.ts';
import type { RejectReason } from './reject.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const LONGEST_ID_BYTES = 2048;

/** An object's key as text, or the reason why the object has no usable key. */
export type Key =
  | { readonly id: string; readonly types: string }
  | { readonly reason: 'KEY_MISSING' | 'KEY_INVALID' | 'KEY_TOO_LONG'; readonly field: string };

/**
 * Builds an item's `_id` from the fields that identify an object. Their values are percent-encoded and joined by `/`.
 *
 * `types` has the fields' types (`integer` or `string`, joined by commas), because 5 and "5" give the same id and a change of
 * type must be noticed.
 */
export function keyOf(object: JsonObject, fields: readonly string[]): Key {
  const texts: string[] = [];
  const types: string[] = [];
  for (const field of fields) {
    const value = Object.hasOwn(object, field) ? object[field] : undefined;
    if (value === undefined || value === null || value === '') return { reason: 'KEY_MISSING', field };
    const text = typeof value === 'string' ? wellFormed(value) : integerText(value);
    if (text === undefined) return { reason: 'KEY_INVALID', field };
    texts.push(encodeURIComponent(text));
    types.push(typeof value === 'string' ? 'string' : 'integer');
  }
  const id = texts.join('/');
  // Percent-encoded text is ASCII, so its length is its size in bytes.
  if (id.length > LONGEST_ID_BYTES) return { reason: 'KEY_TOO_LONG', field: fields.join('/') };
  return { id, types: types.join() };
}

/** Whether a reject for this reason has no key. */
export function isKeyless(reason: RejectReason): boolean {
  return (
    reason === 'KEY_MISSING' ||
    reason === 'KEY_INVALID' ||
    reason === 'KEY_TOO_LONG' ||
    reason === 'NOT_AN_OBJECT'
  );
}

function wellFormed(text: string): string | undefined {
  return text.isWellFormed() ? text : undefined;
}
