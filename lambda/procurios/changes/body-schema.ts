import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { SyncError } from '../../core/errors.ts';
import { type Json, stringifyJson } from '../../core/json.ts';
import type { Change } from '../../core/push/change.ts';
import { fillPath, type Operation } from '../../core/push/operation.ts';
import type { Client } from '../http/client.ts';
import type { JsonAnswer } from '../http/read-answer.ts';
import { bounded, errorsIn } from './vendor-errors.ts';
import { cleanSchema } from './vendor-schema.ts';

/** Checks a body before it is sent, by the vendor's schema and the vendor's own check. */
export interface BodyChecks {
  /**
   * Finds the problems of a change's body: by the operation's live schema, and if that finds none, by the vendor's own
   * check. A body without a usable schema or check has no problems.
   *
   * @returns Texts with the field and what was expected there. Those of the schema hold no value; the vendor's may.
   * @throws {SyncError} As {@link Client.ask}: the body cannot be checked now.
   * @throws The signal's reason, if it aborts first.
   */
  check(operation: Operation, change: Change, signal?: AbortSignal): Promise<readonly string[]>;
  /** Drops the cached schema of this change, because the vendor refused a body that the schema accepted. */
  forget(operation: Operation, change: Change): void;
}

export interface BodyChecksOptions {
  /** Called once for each gap in a schema that makes its check weaker. The text holds no values. */
  readonly onNote?: (text: string) => void;
}

/** Finds the problems of a body. */
type SchemaCheck = (body: Json) => string[];

/** The most schemas that are cached. There may be thousands, because each meeting has a separate one. */
const MOST_SCHEMAS = 200;
/** The most allowed values that a message lists. */
const MOST_ALLOWED = 20;

export function createBodyChecks(
  client: Pick<Client, 'ask'>,
  { onNote = () => {} }: BodyChecksOptions = {},
): BodyChecks {
  const checks = new Map<string, Promise<SchemaCheck>>();
  const noted = new Set<string>();
  const note = (text: string) => {
    if (noted.has(text)) return;
    noted.add(text);
    onNote(text);
  };

  /** The check for a schema's address. Concurrent callers share one request. */
  const checkFor = (
    operation: Operation,
    schemaPath: string,
    change: Change,
    signal: AbortSignal | undefined,
  ): Promise<SchemaCheck> => {
    const path = fillPath(schemaPath, change.parameters);
    const known = checks.get(path);
    if (known !== undefined) return known;
    const [oldest] = checks.keys();
    if (checks.size === MOST_SCHEMAS && oldest !== undefined) checks.delete(oldest);
    const fetched = fetchCheck(client, operation, { path, shownPath: schemaPath, signal }, note);
    checks.set(path, fetched);
    fetched.catch(() => {
      if (checks.get(path) === fetched) checks.delete(path);
    });
    return fetched;
  };

  return {
    async check(operation, change, signal) {
      const { schemaPath, validatePath } = operation;
      if (change.body === undefined) return [];
      if (schemaPath !== undefined) {
        const checkBody = await checkFor(operation, schemaPath, change, signal);
        const problems = checkBody(change.body);
        if (problems.length > 0) return problems;
      }
      return validatePath === undefined
        ? []
        : askVendor(client, operation, validatePath, change, note, signal);
    },
    forget({ schemaPath }, { parameters }) {
      if (schemaPath !== undefined) checks.delete(fillPath(schemaPath, parameters));
    },
  };
}

const NO_PROBLEMS: SchemaCheck = () => [];

async function fetchCheck(
  client: Pick<Client, 'ask'>,
  operation: Operation,
  address: { path: string; shownPath: string; signal: AbortSignal | undefined },
  note: (text: string) => void,
): Promise<SchemaCheck> {
  const { shownPath } = address;
  const about = `schema of operation ${operation.name}`;
  const unchecked = (why: string): SchemaCheck => {
    note(`${about}, ${shownPath}: ${why}; bodies are sent unchecked`);
    return NO_PROBLEMS;
  };
  const { mediaType } = operation;
  const answer = await askOrGiveUp(client, { method: 'GET', ...address, mediaType, about });
  if (answer === undefined) return unchecked('the answer cannot be read');
  const { status, json } = answer;
  if (status >= 400) return unchecked(`answered ${status}`);
  const clean = json === undefined ? undefined : withinStack(() => cleanSchema(asDoubles(json)));
  if (clean === undefined) return unchecked('the answer is no schema');
  const validate = compile(clean.schema);
  if (validate === undefined) return unchecked('the schema cannot be compiled');
  if (clean.notes.length > 0)
    note(`${about}, ${shownPath}: left out what is not JSON Schema's: ${clean.notes.join(', ')}`);
  return (body) =>
    withinStack(() => problemsOf(validate, body)) ?? unchecked('the schema leads back to itself')(body);
}

/** @returns Undefined if the work exhausts the stack: the schema is nested thousands of levels deep, or refers to itself. */
function withinStack<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

/** @returns Undefined for an answer that stays broken after all retries, because it must not hold up changes. */
async function askOrGiveUp(
  client: Pick<Client, 'ask'>,
  request: Parameters<Client['ask']>[0],
): Promise<JsonAnswer | undefined> {
  try {
    return await client.ask(request);
  } catch (error) {
    if (error instanceof SyncError && error.code === 'RESPONSE_INVALID') return undefined;
    throw error;
  }
}

/** @returns Undefined for a schema that Ajv cannot compile, such as one with a reference to a missing part. */
function compile(schema: object): ValidateFunction | undefined {
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

function problemsOf(validate: ValidateFunction, body: Json): string[] {
  if (validate(asDoubles(body))) return [];
  const texts = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if').map(textOf);
  return bounded(new Set(texts));
}

/** Ajv knows doubles only. No rule of a schema depends on the digits beyond. */
function asDoubles(json: Json): Json {
  return JSON.parse(stringifyJson(json)) as Json;
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

/**
 * Sends a body to the vendor's own check. That changes nothing, so it is retried like a read.
 *
 * Only texts in the answer are problems. A refusal without texts does not stop the change.
 */
async function askVendor(
  client: Pick<Client, 'ask'>,
  operation: Operation,
  validatePath: string,
  change: Change,
  note: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const answer = await askOrGiveUp(client, {
    method: 'POST',
    path: fillPath(validatePath, change.parameters),
    shownPath: validatePath,
    mediaType: operation.mediaType,
    body: stringifyJson(change.body ?? null),
    about: `check of change ${change.changeId}`,
    signal,
  });
  const { status = 0, json } = answer ?? {};
  // These statuses mean that there is no check, so the errors are not about the body.
  const errors = NO_SUCH_ADDRESS.includes(status) ? [] : errorsIn(json);
  const isUseless = answer === undefined || (status >= 400 && errors.length === 0);
  if (isUseless) {
    const what = answer === undefined ? 'the answer cannot be read' : `answered ${status} without saying why`;
    note(`check of operation ${operation.name}, ${validatePath}: ${what}; bodies are sent unchecked by it`);
  }
  return errors;
}

const NO_SUCH_ADDRESS: readonly number[] = [404, 405, 410];
