import type { Fields } from './data/object-set.ts';
import type { Switches } from './switches.ts';

/** The parts of JSON Schema that the vendor uses, with the vendor's own types `int` and `date`. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
}

const IS_OF_TYPE: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  int: Number.isInteger,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  // PHP cannot tell an empty map from an empty list.
  object: (value) => isFields(value) || (Array.isArray(value) && value.length === 0),
  date: isDate,
};

/**
 * Finds all problems with the body of a write. The problems are texts without codes, as the vendor's are.
 *
 * Stricter than the schema: a required field must not be empty, and a date must exist.
 */
export function findProblems(body: Fields, schema: Schema, { unknownFields }: Switches): string[] {
  const missing = (schema.required ?? []).filter((name) => isEmpty(body[name]));
  const broken = problemsIn(body, schema, '', unknownFields === 'refused');
  return [...missing.map((name) => `Field ${name} is required`), ...broken];
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problemsIn(value: unknown, schema: Schema, path: string, isStrict: boolean): string[] {
  const { type, items, properties } = schema;
  const types = type === undefined ? [] : [type].flat();
  if (types.length > 0 && !types.some((name) => IS_OF_TYPE[name]?.(value))) {
    return [`Field ${path} must be of type ${types.join(' or ')}`];
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return [`Field ${path} must be one of ${schema.enum.join(', ')}`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => problemsIn(each, items ?? {}, `${path}[${index}]`, isStrict));
  }
  if (!isFields(value) || properties === undefined) {
    return [];
  }
  return Object.entries(value).flatMap(([name, each]) => {
    const inner = path === '' ? name : `${path}.${name}`;
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known === undefined) {
      return isStrict ? [`Unknown field ${inner}`] : [];
    }
    return problemsIn(each, known, inner, isStrict);
  });
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

/** Whether the value is an existing day, `yyyy-mm-dd`. */
function isDate(value: unknown): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return typeof value === 'string' && !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
}
