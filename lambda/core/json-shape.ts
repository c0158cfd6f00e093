import { holdsExactly } from './decimal.ts';

/** What a JSON text would cost to parse, found without parsing it. */
export interface JsonShape {
  /** The levels of lists and objects. */
  readonly depth: number;
  /** At least as many as there are lists, objects, values in them, and names. A name that no other has takes as much as a value. */
  readonly values: number;
  /** Whether there is a number that a double does not hold exactly. */
  readonly hasInexactNumber: boolean;
}

/** Digits of a number that a double may not hold, with the decimal point. A number with an exponent may also be such a number. */
const LONG_NUMBER = 16;
/** It counts as three values, because it takes the memory of an object and of its text if a double does not hold it. */
const MORE_FOR_LONG_NUMBER = 2;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
export const isOpening = (code: number) => code === 0x5b || code === 0x7b; // [ {
export const isClosing = (code: number) => code === 0x5d || code === 0x7d; // ] }
const isDigit = (code: number) => code >= 0x30 && code <= 0x39; // 0 to 9
const isOfMantissa = (code: number) => isDigit(code) || code === 0x2e; // and the point
const isExponent = (code: number) => code === 0x45 || code === 0x65; // E e
const isOfExponent = (code: number) => isDigit(code) || code === 0x2b || code === 0x2d; // and + -

/**
 * Measures a JSON text in one pass, which needs no memory. For a text that is not JSON the result means nothing.
 *
 * @param mostValues - The pass ends when it has counted more.
 */
export function shapeOf(text: string, mostValues: number): JsonShape {
  let level = 0;
  let depth = 0;
  let values = 1;
  let hasInexactNumber = false;
  for (let at = 0; at < text.length && values <= mostValues; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if (code === COMMA || code === COLON) values += 1;
    else if (isDigit(code)) {
      const { end, more } = measureNumber(text, at);
      if (more > 0) hasInexactNumber ||= isInexact(text.slice(at, end));
      values += more;
      at = end - 1;
    } else if (isClosing(code)) level -= 1;
    else if (isOpening(code)) {
      values += 1;
      level += 1;
      depth = Math.max(depth, level);
    }
  }
  return { depth, values, hasInexactNumber };
}

/**
 * Finds where a number ends.
 *
 * @param from - The index of its first digit.
 * @returns As `more`, what it counts beyond the value that each number is; 0 if a double surely holds it.
 */
function measureNumber(text: string, from: number): { readonly end: number; readonly more: number } {
  let end = from + 1;
  while (isOfMantissa(text.charCodeAt(end))) end += 1;
  let more = end - from >= LONG_NUMBER ? MORE_FOR_LONG_NUMBER : 0;
  if (isExponent(text.charCodeAt(end))) {
    more += MORE_FOR_LONG_NUMBER;
    while (isOfExponent(text.charCodeAt(end + 1))) end += 1;
    end += 1;
  }
  return { end, more };
}

/** @param digits - A number without its sign. */
function isInexact(digits: string): boolean {
  return !holdsExactly(Number(digits), digits);
}

/** The index of the quote that ends a JSON text; the length if none does. */
export function endOfText(json: string, from: number): number {
  let at = json.indexOf('"', from + 1);
  while (at >= 0 && isEscaped(json, at)) at = json.indexOf('"', at + 1);
  return at < 0 ? json.length : at;
}

function isEscaped(json: string, at: number): boolean {
  let first = at;
  while (json.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}
