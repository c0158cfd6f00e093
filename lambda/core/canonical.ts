import { canonicalDecimal, ExactNumber, type Json, type JsonObject } from './json.ts';
import { printable } from './plain-text.ts';
import { LARGEST_ITEM_BYTES } from './pull/item-size.ts';
import type { RejectReason } from './pull/reject.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const DEEPEST_LEVEL = 32;
/** The most significant digits of a DynamoDB number, and the range of the power of ten of the first digit. */
const MOST_DIGITS = 38;
const SMALLEST_MAGNITUDE = -130;
const LARGEST_MAGNITUDE = 125;

/** Thrown by {@link canonicalText} for an object that cannot be stored. `prepare` makes a reject of it. */
export class Unstorable extends Error {
  readonly reason: RejectReason;
  readonly field: string | undefined;

  constructor(reason: RejectReason, field?: string) {
    super(reason);
    this.reason = reason;
    this.field = field;
  }
}

/** A cache of quoted field names, because a stream has few names and repeats them in every object. */
const quotedNames = new Map<string, string>();
/** Limits of the cache, so that unusual data cannot fill the memory. */
const MOST_NAMES_KEPT = 10_000;
const LONGEST_NAME_KEPT = 100;

/** A field's name as `JSON.stringify` writes it. */
export function quotedName(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const quoted = JSON.stringify(name);
  if (name.length <= LONGEST_NAME_KEPT && quotedNames.size < MOST_NAMES_KEPT) quotedNames.set(name, quoted);
  return quoted;
}

/**
 * Writes an object as canonical JSON, with sorted names and one spelling for equal decimals. Two objects have the same text if
 * and only if they are equal, so the hash of the text shows whether an object changed.
 *
 * Also checks that DynamoDB can store every name and value. It ends as soon as the object is surely too large, because the text of
 * 900,000 fields takes some 250 MB.
 *
 * @param ignored - Top-level fields that are checked but not written.
 * @throws {Unstorable}
 */
export function canonicalText(object: JsonObject, ignored: ReadonlySet<string>): string {
  const trail: (string | number)[] = [];
  const fail = (reason: RejectReason, depth: number): never => {
    throw new Unstorable(reason, fieldPath(trail.slice(0, depth)));
  };

  let leastBytes = 0;
  /** Counts what the item takes at least: a byte for each UTF-16 unit of a name, and for each element of a list. */
  const count = (bytes: number): void => {
    leastBytes += bytes;
    if (leastBytes > LARGEST_ITEM_BYTES) throw new Unstorable('TOO_LARGE');
  };

  /** @param depth - How many levels contain this value: 1 for a top-level field's. */
  const write = (value: Json, depth: number): string => {
    if (typeof value === 'string')
      return value.isWellFormed() ? JSON.stringify(value) : fail('LONE_SURROGATE', depth);
    if (typeof value === 'number') return writeDouble(value, depth);
    if (value === null || typeof value === 'boolean') return String(value);
    if (value instanceof ExactNumber) return writeExact(value, depth);
    if (depth > DEEPEST_LEVEL) return fail('TOO_DEEP', depth);
    return Array.isArray(value) ? writeList(value, depth) : writeFields(value as JsonObject, depth);
  };

  const writeList = (list: readonly Json[], depth: number): string => {
    count(list.length);
    const parts = list.map((element, index) => {
      trail[depth] = index;
      return write(element, depth + 1);
    });
    return `[${parts.join()}]`;
  };

  const writeFields = (fields: JsonObject, depth: number): string => {
    let text = '{';
    const names = Object.keys(fields);
    count(names.length);
    for (const name of names.sort()) {
      trail[depth] = name;
      if (name === '') fail('EMPTY_NAME', depth);
      if (!name.isWellFormed()) fail('LONE_SURROGATE', depth);
      count(name.length - 1);
      const part = write(fields[name] as Json, depth + 1);
      if (depth > 0 || !ignored.has(name)) text += `${text === '{' ? '' : ','}${quotedName(name)}:${part}`;
    }
    return `${text}}`;
  };

  const writeDouble = (value: number, depth: number): string => {
    const size = Math.abs(value);
    // A double has at most 17 digits, so only its magnitude can be out of range.
    return size === 0 || (size >= 1e-130 && size < 1e126) ? String(value) : fail('NUMBER_RANGE', depth);
  };

  const writeExact = (value: ExactNumber, depth: number): string => {
    const canonical = canonicalDecimal(value.text);
    const [digits = '', exponent = '0'] = canonical.replace('-', '').split('e');
    const magnitude = digits.length - 1 + Number(exponent);
    if (magnitude < SMALLEST_MAGNITUDE || magnitude > LARGEST_MAGNITUDE) return fail('NUMBER_RANGE', depth);
    return digits.length > MOST_DIGITS ? fail('NUMBER_DIGITS', depth) : canonical;
  };

  return writeFields(object, 0);
}

/** Paths are shortened because names may have any length, and the state table keeps the path with the reject. */
const LONGEST_PATH = 300;

/** `['address', 'lines', 2]` → `address.lines[2]`. */
function fieldPath(trail: readonly (string | number)[]): string {
  const path = trail.reduce<string>(
    (path, part) => (typeof part === 'number' ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`),
    '',
  );
  return printable(path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH - 1)}…` : path);
}
