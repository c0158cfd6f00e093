import { canonicalDecimal, ExactNumber, type Json, type JsonObject } from './json.ts';
import type { RejectReason } from './pull/reject.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const DEEPEST_LEVEL = 32;
/** Significant digits, and the powers of ten of the first of them, that a DynamoDB number has room for. */
const MOST_DIGITS = 38;
const SMALLEST_MAGNITUDE = -130;
const LARGEST_MAGNITUDE = 125;

/** An object cannot be stored: what {@link canonicalText} throws, for {@link prepare} to turn into a reject. */
export class Unstorable extends Error {
  readonly reason: RejectReason;
  readonly field: string | undefined;

  constructor(reason: RejectReason, field?: string) {
    super(reason);
    this.reason = reason;
    this.field = field;
  }
}

/** Names of fields that were quoted before: a stream shows few, over and over. */
const quotedNames = new Map<string, string>();
/** More, or longer ones, are not kept, so that odd data cannot fill the memory. */
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
 * Writes an object as canonical JSON: names sorted, equal decimals spelled alike. Two objects have the same text
 * exactly if they are equal, so its hash tells whether an object changed.
 *
 * Checks on the way that DynamoDB can hold every name and value.
 *
 * @param ignored - Top-level fields that are checked but left out of the text.
 * @throws {Unstorable}
 */
export function canonicalText(object: JsonObject, ignored: ReadonlySet<string>): string {
  const trail: (string | number)[] = [];
  const fail = (reason: RejectReason, depth: number): never => {
    throw new Unstorable(reason, fieldPath(trail.slice(0, depth)));
  };

  /** @param depth - Levels of nesting above this value: 1 for a top-level field's. */
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
    const parts = list.map((element, index) => {
      trail[depth] = index;
      return write(element, depth + 1);
    });
    return `[${parts.join()}]`;
  };

  const writeFields = (fields: JsonObject, depth: number): string => {
    let text = '{';
    for (const name of Object.keys(fields).sort()) {
      trail[depth] = name;
      if (name === '') fail('EMPTY_NAME', depth);
      if (!name.isWellFormed()) fail('LONE_SURROGATE', depth);
      const part = write(fields[name] as Json, depth + 1);
      if (depth > 0 || !ignored.has(name)) text += `${text === '{' ? '' : ','}${quotedName(name)}:${part}`;
    }
    return `${text}}`;
  };

  const writeDouble = (value: number, depth: number): string => {
    const size = Math.abs(value);
    // A double has 17 digits at the most, so only its magnitude can be too much.
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

/** A path is for people, and is kept with the reject: names may be of any length. */
const LONGEST_PATH = 300;

/** `['address', 'lines', 2]` → `address.lines[2]`. */
function fieldPath(trail: readonly (string | number)[]): string {
  const path = trail.reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`),
    '',
  );
  return path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH - 1)}…` : path;
}
