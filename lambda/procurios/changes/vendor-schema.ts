import { isObject, type Json, type JsonObject, objectFrom } from '../../core/json.ts';
import { printable } from '../../core/plain-text.ts';

/** A vendor's schema, reduced to JSON Schema. */
export interface CleanSchema {
  readonly schema: JsonObject;
  /** The types and keywords that were left out and are not checked. */
  readonly notes: readonly string[];
  /** The number of schemas in it: itself, and one for each property, item or alternative. */
  readonly parts: number;
  /** The number of `$ref`s in it. */
  readonly references: number;
}

/** What cleaning a schema finds. */
interface Found {
  readonly notes: Set<string>;
  parts: number;
  references: number;
}

/** The most notes that are kept. */
const MOST_NOTES = 20;

const TYPES: ReadonlySet<Json> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
  'null',
]);
/** Keywords that describe a value and check nothing. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'format',
  'readOnly',
  'writeOnly',
  'contentMediaType',
  'contentEncoding',
]);

const isNumber = (value: Json) => typeof value === 'number';
const isCount = (value: Json) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isSchema = (value: Json) => isObject(value) || typeof value === 'boolean';
const isTextList = (value: Json) => Array.isArray(value) && value.every((each) => typeof each === 'string');

/** Keywords that hold no schema, with the check of their value. */
const VALUES: Readonly<Record<string, (value: Json) => boolean>> = {
  $ref: (value) => typeof value === 'string' && value.startsWith('#'),
  type: (value) => [value].flat().every((each) => TYPES.has(each)),
  enum: (value) => Array.isArray(value) && value.length > 0,
  const: () => true,
  nullable: (value) => typeof value === 'boolean',
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  multipleOf: (value) => typeof value === 'number' && value > 0,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  minProperties: isCount,
  maxProperties: isCount,
  uniqueItems: (value) => typeof value === 'boolean',
  pattern: (value) => typeof value === 'string' && isPattern(value),
  required: isTextList,
};
const ONE_SCHEMA: ReadonlySet<string> = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
]);
const SEVERAL_SCHEMAS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'items', 'oneOf']);
const SCHEMAS_BY_NAME: ReadonlySet<string> = new Set([
  '$defs',
  'definitions',
  'dependencies',
  'patternProperties',
  'properties',
]);

/**
 * Removes from a schema all that is not draft-07: the vendor has types such as `date` and `int`, keywords such as
 * `enumNames`, odd `$schema` texts, a schema inside a list, and an empty list where PHP had an empty map. A removed rule is
 * not checked, so that no change is refused for a rule that was misread.
 *
 * Formats are removed too, because the vendor writes dates in four ways, and none is the format `date-time`.
 *
 * @returns Undefined if the answer is no schema.
 * @see https://json-schema.org/draft-07/json-schema-validation
 */
export function cleanSchema(answer: Json): CleanSchema | undefined {
  const [only] = Array.isArray(answer) && answer.length === 1 ? answer : [answer];
  if (!isObject(only)) return undefined;
  const found: Found = { notes: new Set(), parts: 0, references: 0 };
  const schema = cleanOne(only, found);
  return { schema, ...found, notes: [...found.notes].slice(0, MOST_NOTES) };
}

function cleanOne(schema: JsonObject, found: Found): JsonObject {
  found.parts += 1;
  const fields = Object.entries(schema).flatMap(([keyword, value]): [string, Json][] => {
    if (ANNOTATIONS.has(keyword)) return [];
    if (keyword === '$ref') found.references += 1;
    const clean = cleanKeyword(keyword, value, found);
    if (clean === undefined && !isEmptyList(value)) found.notes.add(noteOn(keyword, value));
    return clean === undefined ? [] : [[keyword, clean]];
  });
  const isTyped = fields.some(([keyword]) => keyword === 'type');
  // `nullable` without a type means nothing, and Ajv refuses it.
  return objectFrom(fields.filter(([keyword]) => keyword !== 'nullable' || isTyped));
}

/** @returns Undefined for a keyword that cannot be checked. */
function cleanKeyword(keyword: string, value: Json, found: Found): Json | undefined {
  const clean = (each: Json): Json => (isObject(each) ? cleanOne(each, found) : each);
  if (ONE_SCHEMA.has(keyword) && isSchema(value)) return clean(value);
  if (SEVERAL_SCHEMAS.has(keyword) && Array.isArray(value) && value.length > 0 && value.every(isSchema)) {
    return value.map(clean);
  }
  if (SCHEMAS_BY_NAME.has(keyword) && isObject(value)) {
    const schemas = Object.entries(value).filter(
      ([name, each]) =>
        (isSchema(each) || (keyword === 'dependencies' && isTextList(each))) &&
        (keyword !== 'patternProperties' || isPattern(name)),
    );
    if (schemas.length < Object.keys(value).length) found.notes.add(noteOn(keyword, value));
    return objectFrom(schemas.map(([name, each]) => [name, clean(each)]));
  }
  return Object.hasOwn(VALUES, keyword) && VALUES[keyword]?.(value) ? value : undefined;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function isEmptyList(value: Json): boolean {
  return Array.isArray(value) && value.length === 0;
}

function noteOn(keyword: string, value: Json): string {
  const named = keyword === 'type' ? [value].flat().filter((each) => typeof each === 'string') : [];
  return [keyword, ...named].map((each) => JSON.stringify(printable(each.slice(0, 60)))).join(' ');
}
