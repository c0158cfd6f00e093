import { type Json, type JsonObject, objectFrom } from '../../core/json.ts';
import { fromAttribute } from '../dynamodb/attribute-values.ts';

/**
 * Converts a row to DynamoDB's attribute values, e.g. `{ "fence": { "N": "3" } }`. Fields that are undefined are left out.
 *
 * Lone surrogates are replaced, because one of them anywhere would have DynamoDB refuse the whole row.
 *
 * @param row - JSON values and bytes.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
export function toAttributes(row: object): JsonObject {
  const fields: [string, Json][] = [];
  for (const [name, value] of Object.entries(row)) {
    if (value !== undefined) fields.push([name, toAttribute(value)]);
  }
  return objectFrom(fields);
}

function toAttribute(value: unknown): JsonObject {
  if (typeof value === 'string') return { S: value.toWellFormed() };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  return { M: toAttributes(value as object) };
}

/**
 * Reads what {@link toAttributes} wrote. Bytes are read as a field of the row itself only.
 *
 * @throws {TypeError} If a field is of a type that {@link toAttributes} never writes.
 */
export function fromAttributes(fields: JsonObject): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, attribute]) => [name, bytesIn(attribute) ?? fromAttribute(attribute)]),
  );
}

function bytesIn(attribute: Json): Uint8Array | undefined {
  const { B } = attribute as { readonly B?: string };
  return B === undefined ? undefined : Buffer.from(B, 'base64');
}
