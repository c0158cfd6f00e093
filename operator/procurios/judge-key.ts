import { isObject, type Json } from '../../lambda/core/json.ts';
import { keyOf } from '../../lambda/core/pull/key.ts';

/** How a stream's key fits the objects of a page. */
export interface KeyVerdict {
  /** `missing`: no object has the key. `incomplete`: some lack it. `repeated`: two objects share one. */
  readonly status: 'unique' | 'missing' | 'incomplete' | 'repeated';
  /** Fields that could be the key: in every object, each time with another text or integer. The likeliest come first. */
  readonly candidates: readonly string[];
  /** Objects that lack the key, or that repeat another object's. */
  readonly faulty: number;
}

/** Judges whether the key's fields identify each object of a page. */
export function judgeKey(key: readonly string[], objects: readonly Json[]): KeyVerdict {
  const ids = objects.flatMap((object) => idOf(object, key) ?? []);
  const keyless = objects.length - ids.length;
  const repeated = ids.length - new Set(ids).size;
  const candidates = keyCandidates(objects);
  if (objects.length > 0 && ids.length === 0) return { status: 'missing', candidates, faulty: keyless };
  if (keyless > 0) return { status: 'incomplete', candidates, faulty: keyless };
  return { status: repeated > 0 ? 'repeated' : 'unique', candidates, faulty: repeated };
}

/** The usual names of key fields, the likeliest first: `id`, `relation_id`, `registrationId`, `uuid`, `code`. */
const KEY_NAMES = [/^id$/i, /(?:_id|Id|ID)$/, /uuid|guid/i, /(?:code|number|nummer|key)$/i];

/** Whether a field has the usual name of a key. */
export function isNamedLikeAKey(field: string): boolean {
  return KEY_NAMES.some((name) => name.test(field));
}

/** On a page with a single object every field is unique, so there only the usual names count. */
function keyCandidates(objects: readonly Json[]): string[] {
  const rank = (field: string) => {
    const index = KEY_NAMES.findIndex((name) => name.test(field));
    return index === -1 ? KEY_NAMES.length : index;
  };
  return fieldsOf(objects)
    .filter((field) => !field.startsWith('_') && isUnique(field, objects))
    .filter((field) => objects.length > 1 || isNamedLikeAKey(field))
    .sort((one, other) => rank(one) - rank(other));
}

function isUnique(field: string, objects: readonly Json[]): boolean {
  const ids = objects.map((object) => idOf(object, [field]));
  return !ids.includes(undefined) && new Set(ids).size === objects.length;
}

/** The object's id by these fields; undefined if one of them is absent, or is neither a text nor an integer. */
function idOf(object: Json, key: readonly string[]): string | undefined {
  const found = keyOf(object, key);
  return 'id' in found ? found.id : undefined;
}

/** All top-level fields of the objects, in order of appearance. */
export function fieldsOf(objects: readonly Json[]): string[] {
  return [...new Set(objects.flatMap((object) => (isObject(object) ? Object.keys(object) : [])))];
}
