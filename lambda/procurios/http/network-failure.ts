import type { SyncError } from '../../core/errors.ts';
import { type Call, callFailure } from './call.ts';

/** Why there is no connection, by the code of Node or undici. */
const NO_CONNECTION: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
};

/** Why an answer cannot be read, by the code or name of undici's error. */
const UNREADABLE: Readonly<Record<string, string>> = {
  HTTPParserError: 'it is not HTTP',
  UND_ERR_HEADERS_OVERFLOW: 'its headers are larger than 16 KB',
};

/** The parser's error for a body that ended early, which has no code of its own. */
const CUT_SHORT = 'Invalid EOF state';

/** undici reads a header that came twice, `2` and `2`, as 22, so that a whole body looks cut. */
const BROKEN: Readonly<Record<string, string>> = {
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the connection broke, or the answer has its Content-Length twice',
};

/** Codes of zlib for content that is not of the format that its header names. A cut one has other codes. */
const NOT_COMPRESSED = /^(?:Z_DATA_ERROR|ERR__ERROR_FORMAT\w*|ZSTD_error_\w+)$/;

/** Codes of OpenSSL, and of Node's own checks of a certificate. */
const TLS = /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|.*_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_)/;

/**
 * Translates the error of a failed `fetch`, or of a failed read of its answer.
 *
 * The error does not become the cause, because undici's errors may hold bytes of the answer.
 *
 * @returns A transient failure, unless TLS failed, which does not change within seconds. A name that is not known is
 * transient, because a resolver that restarts answers so for a moment. So is an answer that cannot be read, because a proxy
 * may have mixed it up; if it stays so, it is `RESPONSE_INVALID`.
 */
export function networkFailure(error: unknown, call: Call): SyncError {
  const code = codeOf(error);
  const isTls = TLS.test(code);
  const isTransient = !isTls;
  const unreadable =
    UNREADABLE[code] ?? (NOT_COMPRESSED.test(code) ? 'it cannot be decompressed' : undefined);
  if (unreadable !== undefined) {
    const what = `the answer cannot be read: ${unreadable} (${code})`;
    return callFailure('RESPONSE_INVALID', call, what, { isTransient, isUnreadable: true });
  }
  const obstacle = isTls ? 'TLS failed' : NO_CONNECTION[code];
  const broken = `${BROKEN[code] ?? 'the connection broke'} (${code})`;
  return obstacle === undefined
    ? callFailure('UNAVAILABLE', call, `${broken}; expected a whole answer`, { isTransient, reason: broken })
    : callFailure('HOST_UNREACHABLE', call, `no connection to ${call.url.host}: ${obstacle} (${code})`, {
        isTransient,
        isTls,
      });
}

const isCode = (code: unknown): code is string => typeof code === 'string' && /^\w{1,60}$/.test(code);

/**
 * `fetch` rejects with a `TypeError`. Its cause has the code, or aggregates one error per address tried, or is a parser's
 * error, which has only a name.
 */
function codeOf(error: unknown): string {
  const cause = propertyOf(error, 'cause');
  const [firstTried] = [propertyOf(cause, 'errors')].flat();
  const codes = [cause, firstTried, error].map((each) => propertyOf(each, 'code'));
  const message = propertyOf(cause, 'message');
  const isCut = typeof message === 'string' && message.includes(CUT_SHORT);
  return [...codes, isCut ? 'CUT_SHORT' : propertyOf(cause, 'name')].find(isCode) ?? 'no code';
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
