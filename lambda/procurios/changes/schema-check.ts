import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Json } from '../../core/json.ts';
import { bounded } from './vendor-errors.ts';
import { cleanSchema } from './vendor-schema.ts';

/** What a schema finds in a body. */
export type SchemaFindings =
  | {
      /** Everything that is wrong with the body, without a value of it. */
      readonly problems: readonly string[];
      /** What the schema has that is not JSON Schema's, and is not checked. */
      readonly leftOut: readonly string[];
    }
  /** Why bodies cannot be checked by the schema. */
  | { readonly unusable: string };

/** Checks a body by a schema. Both are JSON texts. */
export type SchemaCheck = (schema: string, body: string) => SchemaFindings;

type Compiled = { readonly validate: ValidateFunction; readonly leftOut: readonly string[] };

/** The most compiled schemas that are kept. There may be thousands, because each meeting has a separate one. */
const MOST_COMPILED = 200;
/** Limits of a schema, far above any form. Compiling a larger one takes seconds and much memory. */
const MOST_CHARACTERS = 1024 * 1024;
const MOST_PARTS = 10_000;
const MOST_REFERENCES = 1_000;
/** Levels of lists and maps. Below 64 the client reads them as empty, which would change what a schema says. */
const DEEPEST = 60;
/** The most allowed values that a message lists. */
const MOST_ALLOWED = 20;

export function createSchemaCheck(): SchemaCheck {
  const known = new Map<string, Compiled | { readonly unusable: string }>();
  return (schema, body) => {
    const compiled = known.get(schema) ?? compile(schema);
    const [oldest] = known.keys();
    if (known.size === MOST_COMPILED && oldest !== undefined) known.delete(oldest);
    known.set(schema, compiled);
    if ('unusable' in compiled) return compiled;
    const problems = withinStack(() => problemsOf(compiled.validate, body));
    return problems === undefined
      ? { unusable: 'the schema leads back to itself' }
      : { problems, leftOut: compiled.leftOut };
  };
}

function compile(text: string): Compiled | { readonly unusable: string } {
  if (text.length > MOST_CHARACTERS) return { unusable: 'the schema is larger than 1 MB' };
  // As doubles, because Ajv knows no other numbers. No rule of a schema depends on the digits beyond.
  const json = JSON.parse(text) as Json;
  if (isDeeperThan(json, DEEPEST)) return { unusable: `the schema has more than ${DEEPEST} levels` };
  const clean = cleanSchema(json);
  if (clean === undefined) return { unusable: 'the answer is no schema' };
  const { schema, notes, parts, references } = clean;
  if (parts > MOST_PARTS) return { unusable: `the schema has more than ${MOST_PARTS} parts` };
  if (references > MOST_REFERENCES) {
    return { unusable: `the schema has more than ${MOST_REFERENCES} references` };
  }
  const validate = withinStack(() => compileClean(schema));
  return validate === undefined
    ? { unusable: 'the schema cannot be compiled' }
    : { validate, leftOut: notes };
}

function isDeeperThan(json: Json, levels: number): boolean {
  if (typeof json !== 'object' || json === null) return false;
  return levels === 0 || Object.values(json).some((part) => isDeeperThan(part, levels - 1));
}

/** @returns Undefined for a schema that Ajv cannot compile, such as one with a reference to a missing part. */
function compileClean(schema: object): ValidateFunction | undefined {
  const ajv = new Ajv({
    strict: false,
    validateSchema: false,
    allErrors: true,
    logger: false,
    ownProperties: true,
    strictNumbers: false,
    multipleOfPrecision: 6, // 12.35 is a multiple of 0.01
  });
  try {
    return ajv.compile(schema);
  } catch {
    return undefined;
  }
}

/** @returns Undefined if the work exhausts the stack, because the schema refers to itself. */
function withinStack<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

function problemsOf(validate: ValidateFunction, body: string): string[] {
  if (validate(JSON.parse(body))) return [];
  const texts = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if').map(textOf);
  return bounded(new Set(texts));
}

/** Ajv's messages hold what the schema says, never what the body does. */
function textOf({ instancePath, keyword, params, message = 'is not as expected' }: ErrorObject): string {
  const field = `body${instancePath.replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')}`;
  switch (keyword) {
    case 'additionalProperties':
      return `${field} must not have the field ${params.additionalProperty}`;
    case 'enum':
      return `${field} must be one of ${JSON.stringify(params.allowedValues.slice(0, MOST_ALLOWED))}`;
    default:
      return `${field} ${message}`;
  }
}
