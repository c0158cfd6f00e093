import type { Clock } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import { type Json, stringifyJson } from '../../core/json.ts';
import type { Change } from '../../core/push/change.ts';
import { fillPath, type Operation } from '../../core/push/operation.ts';
import type { BodyCheck } from '../../core/push/ports.ts';
import type { Client } from '../http/client.ts';
import type { JsonAnswer } from '../http/read-answer.ts';
import type { SchemaFindings } from './schema-check.ts';
import { processThread, type SchemaThread } from './schema-thread.ts';
import { errorsIn } from './vendor-errors.ts';

/** Checks a body before it is sent, by the vendor's schema and the vendor's own check. */
export interface BodyChecks {
  /**
   * Finds the problems of a change's body: by the operation's live schema, and if that finds none, by the vendor's own
   * check. Problems found by the schema hold no value; the vendor's may.
   *
   * @throws {SyncError} As {@link Client.ask}: the body cannot be checked now.
   * @throws The signal's reason, if it aborts first.
   */
  check(operation: Operation, change: Change, signal?: AbortSignal): Promise<BodyCheck>;
}

export interface BodyChecksOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Called once for each gap in a schema that makes its check weaker. The text holds no values. */
  readonly onNote?: (text: string) => void;
  /** @default processThread */
  readonly thread?: SchemaThread;
}

/** A schema as JSON text, or why there is none. */
type Schema = { readonly text: string } | { readonly unusable: string };

/** A schema's answer, and when it was asked for, in milliseconds since the epoch. */
interface Fetched {
  readonly schema: Promise<Schema>;
  readonly atMs: number;
}

/** A schema of an operation, for a change. */
interface SchemaSubject {
  readonly operation: Operation;
  readonly schemaPath: string;
  readonly change: Change;
  readonly signal: AbortSignal | undefined;
}

/** The most schemas that are cached. There may be thousands, because each meeting has a separate one. */
const MOST_SCHEMAS = 200;
/** How long a schema is cached, and so is an answer that is no schema. A form can be widened while a function is warm. */
const CACHED_MS = 5 * 60 * 1000;
const PASSED: BodyCheck = { problems: [], unchecked: undefined };

export function createBodyChecks(
  client: Pick<Client, 'ask'>,
  { clock, onNote = () => {}, thread = processThread }: BodyChecksOptions,
): BodyChecks {
  const cache = new Map<string, Fetched>();
  const noted = new Set<string>();
  const note = (text: string) => {
    if (noted.has(text)) return;
    noted.add(text);
    onNote(text);
  };

  /** The schema as it was asked for then or later. Concurrent callers share one request. */
  const schemaSince = (sinceMs: number, subject: SchemaSubject): Fetched => {
    const path = fillPath(subject.schemaPath, subject.change.parameters);
    const cached = cache.get(path);
    if (cached !== undefined && cached.atMs >= sinceMs) return cached;
    const [oldest] = cache.keys();
    if (cache.size === MOST_SCHEMAS && oldest !== undefined) cache.delete(oldest);
    const fetched = { schema: fetchSchema(client, path, subject), atMs: clock.now() };
    cache.set(path, fetched);
    fetched.schema.catch(() => {
      if (cache.get(path) === fetched) cache.delete(path);
    });
    return fetched;
  };
  const findingsBy = async ({ schema }: Fetched, body: Json): Promise<SchemaFindings> => {
    const known = await schema;
    return 'text' in known ? thread.check({ schema: known.text, body: stringifyJson(body) }) : known;
  };
  const checkBySchema = async (subject: SchemaSubject, body: Json): Promise<BodyCheck> => {
    const sinceMs = clock.now();
    const cached = schemaSince(sinceMs - CACHED_MS, subject);
    let findings = await findingsBy(cached, body);
    // A change is rejected by a schema that was read for it only, because the cached one may be out of date.
    if ('problems' in findings && findings.problems.length > 0 && cached.atMs < sinceMs) {
      findings = await findingsBy(schemaSince(sinceMs, subject), body);
    }
    const about = `${aboutSchema(subject)}, ${subject.schemaPath}`;
    if ('unusable' in findings) {
      note(`${about}: ${findings.unusable}; bodies are sent unchecked`);
      return { problems: [], unchecked: `${about}: ${findings.unusable}` };
    }
    const { problems, leftOut } = findings;
    if (leftOut.length > 0) note(`${about}: left out what is not JSON Schema's: ${leftOut.join(', ')}`);
    return { problems, unchecked: undefined };
  };

  return {
    async check(operation, change, signal) {
      const { schemaPath, validatePath } = operation;
      if (change.body === undefined) return PASSED;
      const subject = { operation, change, signal };
      const bySchema =
        schemaPath === undefined ? PASSED : await checkBySchema({ ...subject, schemaPath }, change.body);
      if (validatePath === undefined || bySchema.problems.length > 0) return bySchema;
      const byVendor = await askVendor(client, { ...subject, validatePath });
      if (byVendor.unchecked !== undefined) note(`${byVendor.unchecked}; bodies are sent unchecked by it`);
      const unchecked = [bySchema.unchecked, byVendor.unchecked].filter((each) => each !== undefined);
      return { ...byVendor, unchecked: unchecked.length === 0 ? undefined : unchecked.join('; ') };
    },
  };
}

function aboutSchema({ operation }: Pick<SchemaSubject, 'operation'>): string {
  return `schema of operation ${operation.name}`;
}

async function fetchSchema(
  client: Pick<Client, 'ask'>,
  path: string,
  subject: SchemaSubject,
): Promise<Schema> {
  const { operation, schemaPath: shownPath, signal } = subject;
  const { mediaType } = operation;
  const about = aboutSchema(subject);
  const answer = await askOrGiveUp(client, { method: 'GET', path, shownPath, signal, mediaType, about });
  if (answer === undefined) return { unusable: 'the answer cannot be read' };
  const { status, json } = answer;
  if (status >= 400) return { unusable: `answered ${status}` };
  return json === undefined ? { unusable: 'the answer is no schema' } : { text: stringifyJson(json) };
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

/**
 * Sends a body to the vendor's own check. That changes nothing, so it is retried like a read.
 *
 * Only texts in the answer are problems. A refusal without texts does not stop the change.
 */
async function askVendor(
  client: Pick<Client, 'ask'>,
  {
    operation,
    validatePath,
    change,
    signal,
  }: Omit<SchemaSubject, 'schemaPath'> & { readonly validatePath: string },
): Promise<BodyCheck> {
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
  const problems = NO_SUCH_ADDRESS.includes(status) ? [] : errorsIn(json);
  const isUseless = answer === undefined || (status >= 400 && problems.length === 0);
  if (!isUseless) return { problems, unchecked: undefined };
  const what = answer === undefined ? 'the answer cannot be read' : `answered ${status} without saying why`;
  return { problems, unchecked: `check of operation ${operation.name}, ${validatePath}: ${what}` };
}

const NO_SUCH_ADDRESS: readonly number[] = [404, 405, 410];
