import { failureAbout } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { keyOf } from '../../core/pull/key.ts';
import { valueAt } from './pointer.ts';

/** Lists that a message names at most. */
const MOST_NAMED = 10;
/** The most characters of a pointer to a list, which the state table keeps. */
const LONGEST_POINTER = 200;

/**
 * Finds the array that is the list of objects.
 *
 * @returns Its RFC 6901 pointer; undefined if there are several lists and all are empty, so the page has no objects whichever it is.
 * @throws {SyncError} `LIST_AMBIGUOUS` if there is none, or several that may be the one.
 */
export function findList(answer: Json, key: readonly string[], about: string): string | undefined {
  const candidates = candidatesIn(answer, key);
  if (candidates.length === 1) return candidates[0];
  if (candidates.length > 1 && candidates.every((pointer) => lengthAt(pointer, answer) === 0))
    return undefined;
  const named = candidates.slice(0, MOST_NAMED).map((pointer) => JSON.stringify(pointer));
  const found = named.length === 0 ? 'no list' : `several lists: ${named.join(', ')}`;
  const expected = 'expected one, or the pointer to it as "objects" in the configuration';
  throw failureAbout('LIST_AMBIGUOUS', about, `the answer holds ${found}; ${expected}`);
}

/**
 * RFC 6901 pointers to the arrays that may be the list of objects: the only one, or those that hold an object with the key, or
 * else those that hold objects, or else the empty ones, or else all.
 */
export function candidatesIn(answer: Json, key: readonly string[]): string[] {
  const lists = listsIn(answer);
  if (lists.length < 2) return lists;
  const where = (isMatch: (element: Json) => boolean) =>
    lists.filter((pointer) => listAt(pointer, answer, '').some(isMatch));
  const withKey = where((element) => isObject(element) && 'id' in keyOf(element, key));
  if (withKey.length > 0) return withKey;
  const withObjects = where(isObject);
  if (withObjects.length > 0) return withObjects;
  const empty = lists.filter((pointer) => lengthAt(pointer, answer) === 0);
  return empty.length > 0 ? empty : lists;
}

function lengthAt(pointer: string, answer: Json): number {
  return listAt(pointer, answer, '').length;
}

/** RFC 6901 pointers to every array that can be the list of objects, in the order of the answer. */
export function listsIn(answer: Json): string[] {
  if (Array.isArray(answer)) return [''];
  if (!isObject(answer)) return [];
  const { _embedded: embedded } = answer;
  return [...arraysIn(answer, ''), ...(isObject(embedded) ? arraysIn(embedded, '/_embedded') : [])];
}

/** `errors` reports what went wrong; PHP writes `_links` without a link as `[]`. */
const NEVER_OBJECTS = new Set(['errors', '_links']);

function arraysIn(fields: JsonObject, prefix: string): string[] {
  return Object.keys(fields)
    .filter((field) => Array.isArray(fields[field]) && !NEVER_OBJECTS.has(field))
    .map((field) => `${prefix}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .filter((pointer) => pointer.length <= LONGEST_POINTER);
}

/**
 * The list at a pointer. `null` in its place is an empty list, a missing list is not.
 *
 * @throws {SyncError} `RESPONSE_INVALID` if there is no list.
 */
export function listAt(pointer: string, answer: Json, about: string): readonly Json[] {
  const value = valueAt(pointer, answer);
  if (Array.isArray(value)) return value;
  if (value === null && pointer !== '') return [];
  const found = value === undefined ? 'nothing' : 'something else';
  const what = `the answer holds ${found} at ${JSON.stringify(pointer)}; expected the list of objects`;
  throw failureAbout('RESPONSE_INVALID', about, what);
}
