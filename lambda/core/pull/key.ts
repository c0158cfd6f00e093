import { integerText, isObject, type Json, type JsonObject } from '../json.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const LONGEST_ID_BYTES = 2048;

/** An object with a usable key. */
export interface Keyed {
  readonly object: JsonObject;
  /** The key as text. */
  readonly id: string;
  /** Bit 0 is 1 if the key's first field is a text, and so on; an integer's bit is 0. 5 and "5" have the same id. */
  readonly types: number;
}

/** Why an object has no usable key. */
export interface KeyFault {
  readonly reason: 'NOT_AN_OBJECT' | 'KEY_MISSING' | 'KEY_INVALID' | 'KEY_TOO_LONG';
  readonly field: string | undefined;
}

/** Builds an item's `_id` from the fields that identify an object. Their values are percent-encoded and joined by `/`. */
export function keyOf(object: Json, fields: readonly string[]): Keyed | KeyFault {
  if (!isObject(object)) return { reason: 'NOT_AN_OBJECT', field: undefined };
  const texts: string[] = [];
  let types = 0;
  for (const [index, field] of fields.entries()) {
    const value = Object.hasOwn(object, field) ? object[field] : undefined;
    if (value === undefined || value === null || value === '') return { reason: 'KEY_MISSING', field };
    const text = typeof value === 'string' ? wellFormed(value) : integerText(value);
    if (text === undefined) return { reason: 'KEY_INVALID', field };
    texts.push(encodeURIComponent(text));
    if (typeof value === 'string') types |= 1 << index;
  }
  const id = texts.join('/');
  // Percent-encoded text is ASCII, so its length is its size in bytes.
  if (id.length > LONGEST_ID_BYTES) return { reason: 'KEY_TOO_LONG', field: fields.join('/') };
  return { object, id, types };
}

function wellFormed(text: string): string | undefined {
  return text.isWellFormed() ? text : undefined;
}
