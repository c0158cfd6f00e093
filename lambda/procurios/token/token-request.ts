import { SyncError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Credentials } from '../../core/token/credentials.ts';
import { type Call, nameOf } from '../http/call.ts';
import { type Answer, NO_REUSE } from '../http/fetch-once.ts';
import type { ClientLimits } from '../http/limits.ts';
import { afterPause, busyFailure, isHtml, readJson } from '../http/read-answer.ts';
import { type Grant, parseGrant, parseRefusal } from './token-answer.ts';

/** What is asked of the token endpoint. */
export interface GrantRequest {
  /** Beside the client's id and secret: `grant_type`, and what belongs to it. */
  readonly fields: Readonly<Record<string, string>>;
  /** For messages. */
  readonly scopes: readonly string[];
  /**
   * The failure, where what is sent in the fields (a code, a refresh token) is not accepted.
   *
   * @param what - What was answered, in words.
   * @param error - The registered error in the answer; undefined: there was none.
   */
  notAccepted?(what: string, error: string | undefined): SyncError;
}

/** Id and secret in the body, as the vendor wants them. */
export function contentOf({ fields }: GrantRequest, { clientId, clientSecret }: Credentials) {
  const body = new URLSearchParams({ ...fields, client_id: clientId, client_secret: clientSecret });
  return { headers: { accept: 'application/json', ...NO_REUSE }, body };
}

/**
 * Has a request made with the client's credentials, and once more with those read anew if they were refused and have
 * changed since.
 *
 * @param ask - Gives the refusal as it is, if it is one.
 */
export async function withCredentials<T>(
  read: (fresh: boolean) => Promise<Credentials>,
  ask: (credentials: Credentials) => Promise<T | SyncError>,
): Promise<T | SyncError> {
  const credentials = await read(false);
  const outcome = await ask(credentials);
  if (!(outcome instanceof SyncError) || outcome.code !== 'CREDENTIALS_REFUSED') return outcome;
  const fresh = await read(true);
  const isSame = fresh.clientId === credentials.clientId && fresh.clientSecret === credentials.clientSecret;
  return isSame ? outcome : ask(fresh);
}

/** @returns The grant, or how it was refused. */
export async function readGrant(
  call: Call,
  answer: Answer,
  request: GrantRequest,
  limits: ClientLimits,
): Promise<Grant | SyncError> {
  const busy = busyFailure(call, answer);
  if (busy !== undefined) throw afterPause(busy, limits);
  const { status } = answer;
  if (status === 404 || status === 405 || (status >= 400 && isHtml(answer))) {
    const what = `answered ${status}${isHtml(answer) ? ' with an HTML page' : ''}`;
    throw new SyncError(
      'NOT_PROCURIOS',
      `${nameOf(call)}: ${what}; expected the token endpoint of Procurios`,
    );
  }
  if (status !== 400 && status !== 401 && status !== 403)
    return parseGrant(await readJson(call, answer), call);
  return refusal(call, status, await readRefusal(answer), request);
}

const CLIENT_ERRORS = ['invalid_client', 'unauthorized_client'];

/** @see parseRefusal */
async function readRefusal(answer: Answer): Promise<string | undefined> {
  const text = await answer.readText();
  try {
    return parseRefusal(JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

function refusal(call: Call, status: number, error: string | undefined, request: GrantRequest): SyncError {
  const { scopes, fields, notAccepted } = request;
  const what = `${nameOf(call)}: answered ${status}${error === undefined ? '' : ` ${error}`}`;
  // Without a known error only the status tells what was not accepted: 401 is about the client.
  const isAboutClient = error === undefined ? status === 401 : CLIENT_ERRORS.includes(error);
  if (isAboutClient) return credentialsRefused(what);
  if (error === 'invalid_scope') {
    return new SyncError('ACCESS_DENIED', `${what}; expected a token for the scopes ${scopes.join(' ')}`);
  }
  if (notAccepted !== undefined) return notAccepted(what, error);
  if (error === 'invalid_request' || error === 'unsupported_grant_type') {
    const expected = `the grant ${fields.grant_type} to be understood`;
    return new SyncError('RESPONSE_INVALID', `${what}; expected ${expected}`);
  }
  return credentialsRefused(what);
}

function credentialsRefused(what: string): SyncError {
  return new SyncError('CREDENTIALS_REFUSED', `${what}; expected the client's id and secret to be accepted`);
}
