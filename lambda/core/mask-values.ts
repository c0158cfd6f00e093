import { ExactNumber, type Json } from './json.ts';

/** What stands where a value was. */
const MASK = '…';

/**
 * A text of the vendor's without the values of what it is about, which it may quote.
 *
 * Texts and numbers of the values are replaced where they stand as words of their own, in upper or lower case.
 *
 * @param values - Whatever was sent: a body, parameters.
 */
export function maskValues(text: string, values: Json): string {
  const words = [...new Set(wordsIn(values))].filter(
    // A longer one cannot stand in the text, and a pattern of it all could be too long for the engine.
    (word) => word.trim() !== '' && word.length <= text.length,
  );
  if (words.length === 0) return text;
  // The longest first: a value may be part of another.
  const alternatives = words.sort((one, other) => other.length - one.length).map((word) => escaped(word));
  const pattern = new RegExp(
    String.raw`(?<![\p{L}\p{N}])(?:${alternatives.join('|')})(?![\p{L}\p{N}])`,
    'giu',
  );
  return text.replace(pattern, MASK);
}

function wordsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (value instanceof ExactNumber) return [value.text];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsIn) : [];
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
