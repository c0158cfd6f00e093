import { canonicalDecimal } from './decimal.ts';
import { fieldNames } from './field-names.ts';
import { ExactNumber, isPlain, type Json, type JsonObject } from './json.ts';
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
export function canonicalText(object: JsonObject, ignored: readonly string[]): string {
  const writer = new CanonicalWriter(ignored);
  writer.writeFields(object, 0);
  return writer.text;
}

/** Writes the text of one object. The depth of a value is the number of levels that contain it: 1 for a top-level field's. */
class CanonicalWriter {
  /** The text so far. Values are appended to it, because returning the text of each level takes more time. */
  text = '';
  readonly #ignored: readonly string[];
  readonly #trail: (string | number)[] = [];
  #leastBytes = 0;

  constructor(ignored: readonly string[]) {
    this.#ignored = ignored;
  }

  /** @param depth - How many levels contain the fields: 0 for the object's own. */
  writeFields(fields: JsonObject, depth: number): void {
    const names = Object.keys(fields);
    this.#count(names.length);
    const prepared = fieldNames(names);
    if (prepared === undefined) names.sort();
    const start = this.text.length;
    // An index and not `entries()`, because this loop takes most of the CPU.
    for (let rank = 0; rank < names.length; rank += 1) {
      const at = prepared === undefined ? rank : (prepared.sorted[rank] as number);
      const name = names[at] as string;
      this.#trail[depth] = name;
      const label = prepared === undefined ? this.#label(name, depth) : (prepared.labels[at] as string);
      this.#count(name.length - 1);
      const before = this.text;
      this.text += (before.length === start ? '{' : ',') + label;
      this.#write(fields[name] as Json, depth + 1);
      if (depth === 0 && this.#ignored.includes(name)) this.text = before;
    }
    this.text += this.text.length === start ? '{}' : '}';
  }

  #label(name: string, depth: number): string {
    if (name === '') this.#fail('EMPTY_NAME', depth);
    return `${this.#quoted(name, depth)}:`;
  }

  #write(value: Json, depth: number): void {
    if (typeof value === 'string') this.text += isPlain(value) ? `"${value}"` : this.#quoted(value, depth);
    else if (typeof value === 'number') this.text += this.#double(value, depth);
    else if (value === null || typeof value === 'boolean') this.text += String(value);
    else if (value instanceof ExactNumber) this.text += this.#decimal(value, depth);
    else if (depth > DEEPEST_LEVEL) this.#fail('TOO_DEEP', depth);
    else if (Array.isArray(value)) this.#writeList(value, depth);
    else this.writeFields(value as JsonObject, depth);
  }

  #writeList(list: readonly Json[], depth: number): void {
    this.#count(list.length);
    const before = this.text;
    // The elements are joined, because a text that was appended to 400,000 times takes some 25 MB.
    const parts = list.map((element, index) => {
      this.#trail[depth] = index;
      this.text = '';
      this.#write(element, depth + 1);
      return this.text;
    });
    this.text = `${before}[${parts.join()}]`;
  }

  #quoted(text: string, depth: number): string {
    return text.isWellFormed() ? JSON.stringify(text) : this.#fail('LONE_SURROGATE', depth);
  }

  #double(value: number, depth: number): string {
    const size = Math.abs(value);
    // A double has at most 17 digits, so only its magnitude can be out of range.
    return size === 0 || (size >= 1e-130 && size < 1e126) ? String(value) : this.#fail('NUMBER_RANGE', depth);
  }

  #decimal({ text }: ExactNumber, depth: number): string {
    const canonical = canonicalDecimal(text);
    const [digits = '', exponent = '0'] = canonical.replace('-', '').split('e');
    const magnitude = digits.length - 1 + Number(exponent);
    if (magnitude < SMALLEST_MAGNITUDE || magnitude > LARGEST_MAGNITUDE) this.#fail('NUMBER_RANGE', depth);
    return digits.length > MOST_DIGITS ? this.#fail('NUMBER_DIGITS', depth) : canonical;
  }

  /** Counts what the item takes at least: a byte for each UTF-16 unit of a name, and for each element of a list. */
  #count(bytes: number): void {
    this.#leastBytes += bytes;
    if (this.#leastBytes > LARGEST_ITEM_BYTES) throw new Unstorable('TOO_LARGE');
  }

  #fail(reason: RejectReason, depth: number): never {
    throw new Unstorable(reason, fieldPath(this.#trail.slice(0, depth)));
  }
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
