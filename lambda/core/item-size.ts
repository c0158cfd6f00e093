import { ExactNumber, type Json, type JsonObject } from './json.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export const LARGEST_ITEM_BYTES = 400 * 1024;
/** `_id`, `_hash`, `_changedAt` and `_run` with their values, the id's own length aside. */
export const OWN_FIELDS_BYTES = 150;

/**
 * The bytes that DynamoDB counts for an object's fields.
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
  // Three bytes for a list or a map, and one for each of its elements.
  const overhead = 3 + parts.length;
  return Array.isArray(value)
    ? value.reduce<number>((sum, element) => sum + valueBytes(element), overhead)
    : overhead + itemBytes(value as JsonObject);
}

/** About a byte for two digits, and one more; the text's length is never too little. */
function numberBytes(text: string): number {
  return Math.ceil(text.length / 2) + 1;
}
