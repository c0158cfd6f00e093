import { failureAbout } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { valueAt } from './pointer.ts';

/**
 * Finds the only array that can be the list of objects: the answer itself, a top-level field or a field of `_embedded`.
 *
 * @returns Its RFC 6901 pointer.
 * @throws {SyncError} `LIST_AMBIGUOUS` if there is none or several.
 */
export function findList(answer: Json, about: string): string {
  const candidates = listsIn(answer);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  const found =
    only === undefined
      ? 'no list'
      : `several lists: ${candidates.map((each) => JSON.stringify(each)).join(', ')}`;
  const expected = 'expected one, or the pointer to it as "objects" in the configuration';
  throw failureAbout('LIST_AMBIGUOUS', about, `the answer holds ${found}; ${expected}`);
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
    .map((field) => `${prefix}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

/**
 * The list at a pointer. A missing list is not an empty list.
 *
 * @throws {SyncError} `RESPONSE_INVALID` if there is no list.
 */
export function listAt(pointer: string, answer: Json, about: string): readonly Json[] {
  const value = valueAt(pointer, answer);
  if (Array.isArray(value)) return value;
  const found = value === undefined ? 'nothing' : 'something else';
  const what = `the answer holds ${found} at ${JSON.stringify(pointer)}; expected the list of objects`;
  throw failureAbout('RESPONSE_INVALID', about, what);
}
