import { SyncError } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import type { Credentials } from '../../core/token/credentials.ts';
import { type Call, callFailure, nameOf } from '../http/call.ts';
import { type Answer, type Exchange, NO_REUSE } from '../http/fetch-once.ts';
import type { ClientLimits } from '../http/limits.ts';
import { busyFailure, isHtml, readStatusAndJson } from '../http/read-answer.ts';
import { type GrantedToken, parseGrantedToken, parseRefusal } from './token-answer.ts';

/** A request to the token endpoint. */
export interface TokenRequest {
  /** Beside the client's id and secret: `grant_type`, and its parameters. */
  readonly fields: Readonly<Record<string, string>>;
  /** For messages. */
  readonly scopes: readonly string[];
  /**
   * Makes the failure for a code or a refresh token that the server does not accept.
   *
   * @param answered - The call and what the server answered, in words.
   * @param error - The registered error in the answer; undefined if there was none.
   */
  notAccepted?(answered: string, error: string | undefined): SyncError;
}

/** A granted token, or the server's refusal, which is the caller's to handle. */
export type TokenReply = GrantedToken | SyncError;

/**
 * The exchange of a token request. The client's id and secret are in the body, as the vendor wants them.
 *
 * @param onAnswer - Receives the answer, before it is read.
 */
export function tokenExchange(
  call: Call,
  request: TokenRequest,
  { clientId, clientSecret }: Credentials,
  limits: ClientLimits,
  onAnswer?: (answer: Answer) => void,
): Exchange<TokenReply> {
  return {
    call,
    headers: { accept: 'application/json', ...NO_REUSE },
    body: new URLSearchParams({ ...request.fields, client_id: clientId, client_secret: clientSecret }),
    read: (_call, answer) => {
      onAnswer?.(answer);
      return readToken(call, answer, request, limits);
    },
  };
}

/**
 * Makes a request with the client's credentials. If they are refused, reads them again, and repeats the request once if
 * they have changed.
 *
 * @param ask - Returns a refusal rather than throwing it.
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

/**
 * Reads the JSON under any content type, because PHP says text/html unless a script sets another.
 *
 * @throws {SyncError} If the answer is neither a grant nor a final refusal.
 */
async function readToken(
  call: Call,
  answer: Answer,
  request: TokenRequest,
  { longestWaitMs }: ClientLimits,
): Promise<TokenReply> {
  const busy = busyFailure(call, answer, longestWaitMs);
  if (busy !== undefined) throw busy;
  const { status } = answer;
  if (status === 404 || status === 405) throw notTheEndpoint(call, answer);
  const { json } = await readStatusAndJson(call, answer);
  if (status >= 400 && json === undefined && isHtml(answer)) throw notTheEndpoint(call, answer);
  // Some servers refuse with a 200.
  const holdsError = isObject(json) && Object.hasOwn(json, 'error') && !Object.hasOwn(json, 'access_token');
  if (REFUSALS.includes(status) || holdsError) return refusal(call, status, parseRefusal(json), request);
  if (status >= 400)
    throw callFailure('RESPONSE_INVALID', call, `answered ${status}; expected 200`, { status });
  return parseGrantedToken(json, call);
}

const REFUSALS = [400, 401, 403];

function notTheEndpoint(call: Call, answer: Answer): SyncError {
  const { status } = answer;
  const firewall = status === 401 || status === 403 ? ', which a firewall may have sent' : '';
  const what = `answered ${status}${isHtml(answer) ? ` with an HTML page${firewall}` : ''}`;
  return callFailure('NOT_PROCURIOS', call, `${what}; expected the token endpoint of Procurios`, { status });
}

const CLIENT_ERRORS = ['invalid_client', 'unauthorized_client'];
const SERVER_ERRORS = ['server_error', 'temporarily_unavailable'];

/**
 * Makes the failure for a refusal.
 *
 * @param oauthError - The registered error in the answer; undefined if it has none.
 * @throws {SyncError} Transient, if the error is about the server, or none says that the client is at fault.
 */
function refusal(
  call: Call,
  status: number,
  oauthError: string | undefined,
  request: TokenRequest,
): SyncError {
  const { scopes, fields, notAccepted } = request;
  const detail = { status, oauthError };
  const unnamed = status < 400 ? ' with an error' : '';
  const what = `answered ${status}${oauthError === undefined ? unnamed : ` ${oauthError}`}`;
  if (oauthError !== undefined && SERVER_ERRORS.includes(oauthError)) {
    throw callFailure('UNAVAILABLE', call, `${what}; expected a token`, { ...detail, isTransient: true });
  }
  // Without a registered error only the status says what was refused: a 401 is about the client.
  const isAboutClient = oauthError === undefined ? status === 401 : CLIENT_ERRORS.includes(oauthError);
  const refused = "expected the client's id and secret to be accepted";
  if (isAboutClient) return callFailure('CREDENTIALS_REFUSED', call, `${what}; ${refused}`, detail);
  if (oauthError === 'invalid_scope') {
    const expected = `expected a token for the scopes ${scopes.join(' ')}`;
    return callFailure('ACCESS_DENIED', call, `${what}; ${expected}`, detail);
  }
  if (notAccepted !== undefined) return notAccepted(`${nameOf(call)}: ${what}`, oauthError);
  if (oauthError === undefined) {
    throw callFailure('CREDENTIALS_REFUSED', call, `${what}; ${refused}`, { status, isTransient: true });
  }
  if (oauthError === 'invalid_request' || oauthError === 'unsupported_grant_type') {
    const expected = `expected the grant ${fields.grant_type} to be understood`;
    return callFailure('RESPONSE_INVALID', call, `${what}; ${expected}`, detail);
  }
  return callFailure('CREDENTIALS_REFUSED', call, `${what}; ${refused}`, detail);
}
