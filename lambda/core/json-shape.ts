/** What a JSON text would cost to parse, found without parsing it. */
export interface JsonShape {
  /** The levels of lists and objects. */
  readonly depth: number;
  /** At least as many as there are lists, objects, values in them, and names. A name that no other has takes as much as a value. */
  readonly values: number;
  /** Whether there is a number that a double may not hold: one of 16 or more digits, or with an exponent. */
  readonly hasLongNumber: boolean;
}

/** Digits of a number that a double may not hold, with the decimal point. */
const LONG_NUMBER = 16;
/** Such a number counts as three values, because it takes the memory of an object and of its text. */
const MORE_FOR_LONG_NUMBER = 2;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
export const isOpening = (code: number) => code === 0x5b || code === 0x7b; // [ {
export const isClosing = (code: number) => code === 0x5d || code === 0x7d; // ] }
const isOfNumber = (code: number) => (code >= 0x30 && code <= 0x39) || code === 0x2e; // 0 to 9, and the point
const isExponent = (code: number) => code === 0x45 || code === 0x65; // E e

/**
 * Measures a JSON text in one pass, which needs no memory. For a text that is not JSON the result means nothing.
 *
 * @param mostValues - The pass ends when it has counted more.
 */
export function shapeOf(text: string, mostValues: number): JsonShape {
  let level = 0;
  let depth = 0;
  let values = 1;
  let digits = 0;
  let hasLongNumber = false;
  for (let at = 0; at < text.length && values <= mostValues; at += 1) {
    const code = text.charCodeAt(at);
    if (isOfNumber(code)) {
      digits += 1;
      if (digits === LONG_NUMBER) values += MORE_FOR_LONG_NUMBER;
      hasLongNumber ||= digits >= LONG_NUMBER;
      continue;
    }
    if (digits > 0 && isExponent(code)) {
      values += MORE_FOR_LONG_NUMBER;
      hasLongNumber = true;
    }
    digits = 0;
    if (code === QUOTE) at = endOfText(text, at);
    else if (code === COMMA || code === COLON) values += 1;
    else if (isClosing(code)) level -= 1;
    else if (isOpening(code)) {
      values += 1;
      level += 1;
      depth = Math.max(depth, level);
    }
  }
  return { depth, values, hasLongNumber };
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
