import { canonicalDecimal, holdsExactly } from './decimal.ts';
import { endOfText, isClosing, isOpening, shapeOf } from './json-shape.ts';

/** A number that a double cannot hold exactly, such as `9007199254740993` or `0.1000000000000000055`. */
export class ExactNumber {
  /** The number as it was written in JSON. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A JSON value with all digits of its numbers. */
export type Json = null | boolean | string | number | ExactNumber | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [field: string]: Json;
}

/** A reviver with the third argument that V8 passes; TypeScript's library does not declare it yet. */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => Json;

const keepDigits: SourceReviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && !holdsExactly(value, source)
    ? new ExactNumber(source)
    : value;

/**
 * The most values and names in a text; a number with many digits or an exponent counts as three. As far as this allows, pages
 * bring a process of 100 MB to a peak of 205 MB (names that differ), 310 MB (objects that each have a number of 20 digits under
 * a name of its own), and 320 MB (330,000 such numbers on each page of a listing, several pages in flight). Each such page takes up to 2 s
 * of CPU.
 */
const MOST_VALUES = 1_000_000;

/** A JSON text with more values and names than this process has memory for. */
export class TooManyValues extends SyntaxError {
  override readonly name = 'TooManyValues';

  constructor() {
    super(`more than ${MOST_VALUES.toLocaleString('en-US')} values and names`);
  }
}

/** Deeper than any object that can be stored (32 levels), so no storable object is cut. */
const DEEPEST_KEPT = 64;

/**
 * Parses JSON without losing digits: a number that a double cannot hold becomes an {@link ExactNumber}. Lists and objects
 * deeper than {@link DEEPEST_KEPT} levels become empty, because each level takes stack and memory.
 *
 * A field named `__proto__` becomes an own property, as with `JSON.parse`.
 *
 * @param onMeasured - Receives the number of values before they are parsed.
 * @throws {TooManyValues} Before it parses.
 * @throws {SyntaxError} As `JSON.parse`. The message may quote the text, so it must never be shown.
 */
export function parseJson(text: string, onMeasured: (values: number) => void = () => {}): Json {
  const { depth, values, hasInexactNumber } = shapeOf(text, MOST_VALUES);
  onMeasured(values);
  if (values > MOST_VALUES) throw new TooManyValues();
  const kept = depth > DEEPEST_KEPT ? cutDepths(text) : text;
  return hasInexactNumber ? parseWithSource(kept, keepDigits) : (JSON.parse(kept) as Json);
}

/** The same JSON, but lists and objects deeper than {@link DEEPEST_KEPT} levels are empty. */
function cutDepths(text: string): string {
  let kept = '';
  let keptUpTo = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (text[at] === '"') {
      at = endOfText(text, at);
    } else if (isOpening(code)) {
      depth += 1;
      if (depth === DEEPEST_KEPT + 1) kept += text.slice(keptUpTo, at) + (text[at] === '[' ? '[]' : '{}');
    } else if (isClosing(code)) {
      if (depth === DEEPEST_KEPT + 1) keptUpTo = at + 1;
      depth -= 1;
    }
  }
  return kept + text.slice(keptUpTo);
}

/** TypeScript's library does not declare `JSON.rawJSON` yet. */
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

/** Up to this length a loop over a text takes less time than a call of `JSON.stringify`. */
const LONGEST_PLAIN = 40;

/** Whether a text is short, and JSON has it between quotes as it is. False also for a long text of that kind. */
export function isPlain(text: string): boolean {
  if (text.length > LONGEST_PLAIN) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // Control characters, the quote and the backslash have escapes, and so has half of a surrogate pair.
    if (code < 0x20 || code === 0x22 || code === 0x5c || code >= 0xd800) return false;
  }
  return true;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

/** Builds an object from its fields. Every name becomes an own property, also `__proto__`. */
export function objectFrom(fields: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(fields);
}

/** More zeros than this behind an integer's digits are a mistake, not an identifier. */
const LARGEST_EXPONENT = 40;

/**
 * All digits of an integer, without an exponent: identifiers are integers or strings, and go into addresses and keys as
 * text.
 *
 * @returns Undefined for anything but an integer.
 */
export function integerText(value: Json | undefined): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'number' && !(value instanceof ExactNumber)) return undefined;
  const canonical = canonicalDecimal(value instanceof ExactNumber ? value.text : String(value));
  const [digits = '', exponent = ''] = canonical.split('e');
  const zeros = Number(exponent);
  return zeros >= 0 && zeros <= LARGEST_EXPONENT ? digits + '0'.repeat(zeros) : undefined;
}
