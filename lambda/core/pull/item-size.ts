import { canonicalDecimal } from '../decimal.ts';
import { ExactNumber, type Json, type JsonObject } from '../json.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const LARGEST_ITEM_BYTES = 400 * 1024;
/** The bytes of `_id`, `_hash`, `_changedAt` and `_run` with their values, without the id's value. */
export const OWN_FIELDS_BYTES = 114;

/**
 * Counts the bytes of an object's fields as DynamoDB does.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(fields: JsonObject): number {
  return Object.entries(fields).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: Json): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberBytes(String(value));
  if (value === null || typeof value === 'boolean') return 1;
  if (value instanceof ExactNumber) return numberBytes(value.text);
  const parts = Array.isArray(value) ? value : Object.values(value);
  // DynamoDB adds three bytes for a list or a map, and one for each element.
  const overhead = 3 + parts.length;
  return Array.isArray(value)
    ? value.reduce<number>((sum, element) => sum + valueBytes(element), overhead)
    : overhead + itemBytes(value as JsonObject);
}

/** One byte for every two significant digits, one more, and another one for a minus sign. */
function numberBytes(text: string): number {
  const canonical = canonicalDecimal(text);
  const isNegative = canonical.startsWith('-');
  const digits = canonical.indexOf('e') - (isNegative ? 1 : 0);
  return Math.ceil(Math.max(0, digits) / 2) + 1 + (isNegative ? 1 : 0);
}
