import type { SyncError } from '../../core/errors.ts';
import { ExactNumber, isObject, type Json } from '../../core/json.ts';
import { type Call, callFailure } from '../http/call.ts';

/** A token that the server granted. */
export interface GrantedToken {
  readonly accessToken: string;
  /** How long it is valid, in milliseconds from the request; undefined if the server does not say. */
  readonly lifeMs: number | undefined;
  /** Renews the token, once; undefined if the server gave none. */
  readonly refreshToken: string | undefined;
  /** The scopes granted; undefined if the server does not say, or not in words that scopes can have. */
  readonly scopes: readonly string[] | undefined;
}

/**
 * Visible ASCII, because a header cannot hold anything else, and the error about it would quote the token. No server takes
 * a longer header, nor Secrets Manager a much longer value.
 */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;
/** The characters that RFC 6749 allows in a list of scopes. */
const SCOPE_LIST = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
/** A hundred years, because a server that means "for ever" may send more than a date can hold. */
const LONGEST_LIFE_S = 100 * 365 * 24 * 3600;

/**
 * Reads `{"access_token", "token_type"?, "expires_in"?, "scope"?, "refresh_token"?}`; `expires_in` in seconds, a number
 * or its text.
 *
 * @throws {SyncError} `RESPONSE_INVALID`, naming the field.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function parseGrantedToken(answer: Json, call: Call): GrantedToken {
  const invalid = (path: string, expected: string): SyncError =>
    callFailure('RESPONSE_INVALID', call, `${path} is not as expected: ${expected}`);

  if (!isObject(answer)) throw invalid('the answer', 'an object with access_token');
  const { access_token: accessToken, token_type: type = null, expires_in: expiresIn = null } = answer;
  const { refresh_token: refreshToken = null, scope } = answer;
  if (typeof accessToken !== 'string' || !TOKEN.test(accessToken)) {
    throw invalid('access_token', 'up to 16,384 visible characters');
  }
  if (refreshToken !== null && !(typeof refreshToken === 'string' && TOKEN.test(refreshToken))) {
    throw invalid('refresh_token', 'up to 16,384 visible characters');
  }
  if (type !== null && !(typeof type === 'string' && type.toLowerCase() === 'bearer')) {
    throw invalid('token_type', '"bearer"');
  }
  const seconds = secondsIn(expiresIn);
  if (seconds !== undefined && !(seconds > 0)) throw invalid('expires_in', 'a number of seconds above 0');
  return {
    accessToken,
    lifeMs: seconds === undefined ? undefined : Math.min(seconds, LONGEST_LIFE_S) * 1000,
    refreshToken: refreshToken ?? undefined,
    scopes: typeof scope === 'string' && SCOPE_LIST.test(scope) ? (scope.match(/\S+/g) ?? []) : undefined,
  };
}

/** @returns `NaN` for what is not a number; undefined for null. */
function secondsIn(value: Json): number | undefined {
  if (value === null) return undefined;
  const text = value instanceof ExactNumber ? value.text : value;
  if (typeof text === 'number') return text;
  return typeof text === 'string' && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const ERRORS = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'access_denied',
];

/** The registered error of a refused token request; undefined for any other answer, which may quote what was sent. */
export function parseRefusal(answer: Json): string | undefined {
  const error = isObject(answer) ? answer.error : undefined;
  return ERRORS.find((known) => known === error);
}
