/** A number whose decimal digits a double does not keep, such as `9007199254740993` or `0.1000000000000000055`. */
export class ExactNumber {
  /** The number as JSON writes it. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A JSON value in which no digit is lost. */
export type Json = null | boolean | string | number | ExactNumber | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [field: string]: Json;
}

/**
 * A number token that a double may not keep: 16 or more digits, or an exponent. A string can look like one,
 * which costs time and nothing else.
 */
const MAY_LOSE_DIGITS = /(?:^|[:[,\s])-?(?:[\d.]{16,}|[\d.]+[eE])/;

/** What V8 hands to a reviver besides key and value; TypeScript's library does not describe it yet. */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => Json;

const keepDigits: SourceReviver = (_key, value, { source }) =>
  typeof value === 'number' &&
  source !== undefined &&
  canonicalDecimal(source) !== canonicalDecimal(String(value))
    ? new ExactNumber(source)
    : value;

/**
 * Parses JSON without losing digits: a number that a double cannot hold becomes an {@link ExactNumber}.
 *
 * Fields named `__proto__` are own fields of the result, as with `JSON.parse`.
 *
 * @throws {SyntaxError} As `JSON.parse`. Its message may quote the text: never show it.
 */
export function parseJson(text: string): Json {
  return MAY_LOSE_DIGITS.test(text) ? parseWithSource(text, keepDigits) : (JSON.parse(text) as Json);
}

/** `JSON.rawJSON` of V8; TypeScript's library does not describe it yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/**
 * Writes JSON with every digit that {@link parseJson} kept.
 *
 * @param indent - Spaces per level; absent: one line.
 */
export function stringifyJson(value: Json, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, part) => (part instanceof ExactNumber ? rawJson(part.text) : part),
    indent,
  );
}

export function isObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

/** Builds an object from its fields, of which any name, `__proto__` too, becomes a field of its own. */
export function objectFrom(fields: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(fields);
}

/**
 * One spelling for all decimals of equal value: significant digits, `e`, the exponent of the last digit.
 * `1.50`, `15e-1` and `1.5` all give `15e-1`; any zero gives `0`.
 *
 * @param text - A JSON number or what `String` makes of a finite number.
 */
export function canonicalDecimal(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const leading = (whole + fraction).replace(/^0+/, '');
  const digits = leading.replace(/0+$/, '');
  return digits === ''
    ? '0'
    : `${sign}${digits}e${Number(exponent) - fraction.length + leading.length - digits.length}`;
}
