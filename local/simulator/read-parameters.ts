import type { ApiCall } from './api-call.ts';
import { ApiError } from './api-error.ts';
import { parseLocalDateTime } from './data/dates.ts';
import type { Fields, ObjectSet } from './data/object-set.ts';
import { type Sequence, sequenceOf } from './data/sequence.ts';

/**
 * Reads a date parameter.
 *
 * @returns Milliseconds since the epoch; undefined if the parameter is absent.
 * @throws {ApiError} With status 400 if it is not a date.
 */
export function readDate({ query, switches }: ApiCall, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) {
    return undefined;
  }
  const date = parseLocalDateTime(text, switches.timeZone);
  if (date === undefined) {
    throw new ApiError(400, `Invalid ${name}`);
  }
  return date;
}

/**
 * Reads a parameter with integers, separated by commas or repeated as `name[]=…`.
 *
 * @returns Undefined if the parameter is absent.
 * @throws {ApiError} With status 400 if one is not an integer.
 */
export function readIntegers({ query }: ApiCall, name: string): ReadonlySet<unknown> | undefined {
  const texts = [...query]
    .filter(([given]) => given === name || (given.startsWith(`${name}[`) && given.endsWith(']')))
    .flatMap(([, value]) => value.split(','));
  if (texts.some((text) => !/^\d+$/.test(text))) {
    throw new ApiError(400, `Invalid ${name}`);
  }
  return texts.length === 0 ? undefined : new Set(texts.map(Number));
}

/** Reads a positive integer from the path. @throws {ApiError} With status 404 if it is not one. */
export function readId({ parameters }: ApiCall, name: string): number {
  const text = parameters[name] ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) {
    throw new ApiError(404, `Unknown ${name}`);
  }
  return Number(text);
}

/** Returns the objects that match the parameters `since` and `relationIds`. */
export function filterSet(
  call: ApiCall,
  set: ObjectSet,
  relationsOf: (object: Fields) => readonly unknown[],
): Sequence {
  const since = readDate(call, 'since');
  const relationIds = readIntegers(call, 'relationIds');
  const ids = since === undefined ? set.all() : set.changedSince(since);
  return relationIds === undefined
    ? ids
    : keepIf(ids, set, (object) => relationsOf(object).some((id) => relationIds.has(id)));
}

/** Returns the objects that meet the condition. Builds every object to check it. */
export function keepIf(ids: Sequence, set: ObjectSet, condition: (object: Fields) => boolean): Sequence {
  return sequenceOf(ids.slice(0, ids.length).filter((id) => condition(set.get(id) ?? {})));
}
