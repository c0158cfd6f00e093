import { hash } from 'node:crypto';
import { canonicalText, Unstorable } from '../canonical.ts';
import { doubledName } from '../doubled-name.ts';
import type { Problem } from '../errors.ts';
import { integerText, isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../json.ts';
import { type Operation, placeholdersOf } from './operation.ts';

/** One queued write to Procurios. */
export interface Change {
  /** Chosen by the program that queues the change. The same id is the same change. */
  readonly changeId: string;
  /** The name of a configured operation. */
  readonly operation: string;
  /** What the change is about, e.g. `relation/99`. Changes of one subject are sent in the order they were queued. */
  readonly subject: string;
  /** The values of the placeholders in the operation's path, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The JSON to send; undefined if the change has no body. */
  readonly body: Json | undefined;
}

/** The largest queued change: 256 KB, so that it fits in the ledger beside its history. */
export const LARGEST_CHANGE_BYTES = 256 * 1024;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const SQS_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;
const FIELDS: ReadonlySet<string> = new Set(['changeId', 'operation', 'subject', 'parameters', 'body']);

export type Operations = Readonly<Record<string, Operation>>;

/** A change, or everything that is wrong with it. No value is quoted. */
export type Checked = { readonly change: Change } | Refused;

/** A message that is not a change, with the names that it gives itself, so that its sender can be told. */
export interface Refused {
  readonly problems: readonly Problem[];
  /** Undefined if the message has no valid one. */
  readonly changeId: string | undefined;
  /** Undefined if the message has no valid one. */
  readonly subject: string | undefined;
}

const TOO_LARGE: Problem = { path: '', expected: `at most ${LARGEST_CHANGE_BYTES / 1024} KB of JSON` };

/**
 * Parses the change in a message, see {@link parseChange}. Its subject must be the message group, because SQS keeps the order
 * of messages by group.
 */
export function parseMessage(
  { text, group }: { readonly text: string; readonly group: string },
  operations: Operations,
): Checked {
  const parsed = parseChange(text, operations);
  if ('problems' in parsed || parsed.change.subject === group) return parsed;
  const problem = { path: 'subject', expected: 'the same as the message group of its message' };
  return refuse([problem], parsed.change);
}

/** Parses a change: JSON of the shape `{"changeId", "operation", "subject", "parameters"?, "body"?}`. */
export function parseChange(text: string, operations: Operations): Checked {
  const value = parseOrNothing(text);
  if (Buffer.byteLength(text) > LARGEST_CHANGE_BYTES) return refuse([TOO_LARGE], value);
  if (value === undefined) return refuse([{ path: '', expected: 'JSON' }], value);
  const doubled = doubledName(text);
  return doubled === undefined
    ? checkChange(value, operations)
    : refuse([{ path: doubled, expected: 'to stand there once' }], value);
}

/** @returns Undefined for what is not JSON. The parser's message quotes the text, so it is dropped here. */
function parseOrNothing(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** Checks a change that was parsed: its shape, its operation, and the parameters and the body that the operation needs. */
export function checkChange(value: Json, operations: Operations): Checked {
  if (!isObject(value)) return refuse([{ path: '', expected: 'a JSON object' }], value);
  const { changeId, operation, subject, parameters = {}, body } = value;
  const known =
    typeof operation === 'string' && Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  const problems = [
    ...checkId('changeId', changeId),
    ...checkId('subject', subject),
    ...(known === undefined
      ? [{ path: 'operation', expected: `one of ${Object.keys(operations).join(', ')}` }]
      : []),
    ...checkParameters(parameters, known),
    ...checkBody(body, known),
    ...Object.keys(value)
      .filter((name) => !FIELDS.has(name))
      .map((name) => ({ path: name, expected: `only ${[...FIELDS].join(', ')}` })),
  ];
  if (problems.length > 0) return refuse(problems, value);
  // Measured again, because the JSON that is kept and sent may be longer: 1e20 becomes 100000000000000000000.
  if (Buffer.byteLength(stringifyJson(value)) > LARGEST_CHANGE_BYTES) return refuse([TOO_LARGE], value);
  return {
    change: {
      changeId: changeId as string,
      operation: operation as string,
      subject: subject as string,
      parameters: Object.fromEntries(
        Object.entries(parameters as JsonObject).map(([name, each]) => [name, textOf(each) ?? '']),
      ),
      body,
    },
  };
}

/** A problem as the ledger keeps it: `subject: expected …`. */
export function problemText({ path, expected }: Problem): string {
  return `${path || 'the message'}: expected ${expected}`;
}

/** A hash of all but the id, by which two messages with the same id are told apart if they hold different changes. */
export function contentHashOf({ operation, subject, parameters, body }: Change): string {
  const content = { operation, subject, parameters, ...(body !== undefined && { body }) };
  return hash('sha256', canonicalText(content, []), 'hex').slice(0, 32);
}

/**
 * The id by which SQS drops a message that is sent twice within five minutes. It depends on the content too, because another
 * change with the same id has to arrive to be refused.
 */
export function deduplicationIdOf(change: Change): string {
  return hash('sha256', `${change.changeId} ${contentHashOf(change)}`, 'hex');
}

/** @param value - What the message holds; undefined if it is not JSON. */
export function refuse(problems: readonly Problem[], value: Json | Change | undefined): Refused {
  const { changeId, subject } = isObject(value as Json) ? (value as JsonObject) : {};
  return {
    problems,
    changeId: isId(changeId) ? changeId : undefined,
    subject: isId(subject) ? subject : undefined,
  };
}

function isId(value: Json | undefined): value is string {
  return typeof value === 'string' && SQS_ID.test(value);
}

function checkId(path: string, value: Json | undefined): Problem[] {
  if (isId(value)) return [];
  return [{ path, expected: '1 to 128 letters, digits and ASCII punctuation, no spaces' }];
}

function checkParameters(parameters: Json, operation: Operation | undefined): Problem[] {
  if (!isObject(parameters)) return [{ path: 'parameters', expected: 'an object' }];
  if (operation === undefined) return [];
  const wanted = placeholdersOf(
    `${operation.path}${operation.schemaPath ?? ''}${operation.validatePath ?? ''}`,
  );
  const missing = wanted.filter(
    (name) => !Object.hasOwn(parameters, name) || textOf(parameters[name]) === undefined,
  );
  const unknown = Object.keys(parameters).filter((name) => !wanted.includes(name));
  return [
    ...[...new Set(missing)].map((name) => ({
      path: `parameters.${name}`,
      expected: 'a text or an integer',
    })),
    ...unknown.map((name) => ({
      path: `parameters.${name}`,
      expected: wanted.length === 0 ? 'no parameters' : `only ${[...new Set(wanted)].join(', ')}`,
    })),
  ];
}

/** The text of a path's segment; undefined for texts that are no segment: empty, or `.` and `..`, which a URL resolves. */
function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') {
    return value !== '' && value !== '.' && value !== '..' && value.isWellFormed() ? value : undefined;
  }
  return integerText(value);
}

function checkBody(body: Json | undefined, operation: Operation | undefined): Problem[] {
  if (body === undefined) {
    const needsOne = operation !== undefined && operation.method !== 'DELETE';
    return needsOne ? [{ path: 'body', expected: 'the JSON to send' }] : [];
  }
  try {
    canonicalText({ body }, []);
    return [];
  } catch (error) {
    if (!(error instanceof Unstorable)) throw error;
    return [{ path: error.field ?? 'body', expected: `what the ledger can hold (${error.reason})` }];
  }
}
