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
  /** Names of optional fields that cannot be read. They count as absent. */
  readonly unreadable: readonly string[];
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
 * An optional field that cannot be read does not fail the token, because the token may be that of a single-use refresh token.
 *
 * @throws {SyncError} `RESPONSE_INVALID`, naming the field: `access_token`, or another `token_type` than bearer.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function parseGrantedToken(answer: Json | undefined, call: Call): GrantedToken {
  const invalid = (path: string, expected: string): SyncError =>
    callFailure('RESPONSE_INVALID', call, `${path} is not as expected: ${expected}`);

  if (!isObject(answer)) throw invalid('the answer', 'an object with access_token');
  const unreadable: string[] = [];
  const optional = <T>(name: string, read: (value: Json) => T | undefined): T | undefined => {
    const value = answer[name] ?? null;
    if (value === null) return undefined;
    const result = read(value);
    if (result === undefined) unreadable.push(name);
    return result;
  };
  const accessToken = tokenIn(answer.access_token);
  if (accessToken === undefined) throw invalid('access_token', 'up to 16,384 visible characters');
  const type = optional('token_type', wordIn);
  if (type !== undefined && type.toLowerCase() !== 'bearer') throw invalid('token_type', '"bearer"');
  const seconds = optional('expires_in', secondsIn);
  return {
    accessToken,
    lifeMs: seconds === undefined ? undefined : Math.min(seconds, LONGEST_LIFE_S) * 1000,
    refreshToken: optional('refresh_token', tokenIn),
    scopes: optional('scope', scopesIn),
    unreadable,
  };
}

function tokenIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' && TOKEN.test(value) ? value : undefined;
}

function wordIn(value: Json): string | undefined {
  return typeof value === 'string' ? value.trim() || undefined : undefined;
}

function scopesIn(value: Json): string[] | undefined {
  return typeof value === 'string' && SCOPE_LIST.test(value) ? (value.match(/\S+/g) ?? []) : undefined;
}

/** @returns Undefined for anything but a number above 0. */
function secondsIn(value: Json): number | undefined {
  const text = value instanceof ExactNumber ? value.text : value;
  const isNumber = typeof text === 'string' && /^\d{1,400}(?:\.\d{1,400})?$/.test(text.trim());
  const seconds = typeof text === 'number' || isNumber ? Number(text) : Number.NaN;
  return seconds > 0 ? seconds : undefined;
}

/**
 * Errors of the token endpoint, and the two of the authorization endpoint that are about the server.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
const ERRORS = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'access_denied',
  'server_error',
  'temporarily_unavailable',
];

/** The registered error of a refused token request; undefined for any other answer, which may quote what was sent. */
export function parseRefusal(answer: Json | undefined): string | undefined {
  const error = isObject(answer) ? answer.error : undefined;
  return ERRORS.find((known) => known === error);
}
