import type { SyncError } from '../../core/errors.ts';
import { type Call, callFailure } from './call.ts';

/** Why there is no connection, by Node's code. */
const NO_CONNECTION: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'it did not answer in time',
};

/** Why an answer cannot be read, by the code of Node's parser. */
const UNREADABLE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'its headers are larger than 16 KB',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'it has its Content-Length twice',
};
/** The parser's other codes, but for an answer that ended early. */
const NOT_HTTP = /^HPE_(?!INVALID_EOF_STATE$)/;

/** Codes of zlib for content that is not of the format that its header names. A cut one has other codes. */
const NOT_COMPRESSED = /^(?:Z_DATA_ERROR|ERR__ERROR_FORMAT\w*|ZSTD_error_\w+)$/;

/** Codes of OpenSSL, and of Node's own checks of a certificate. */
const TLS = /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|.*_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_)/;

/**
 * Translates the error of a failed request, or of a failed read of its answer.
 *
 * The error does not become the cause, because a parser's error holds bytes of the answer.
 *
 * @returns A transient failure, unless TLS failed, which does not change within seconds. A name that is not known is
 * transient, because a resolver that restarts answers so for a moment. So is an answer that cannot be read, because a proxy
 * may have mixed it up; if it stays so, it is `RESPONSE_INVALID`.
 */
export function networkFailure(error: unknown, call: Call): SyncError {
  const code = codeOf(error);
  const isTls = TLS.test(code);
  const isTransient = !isTls;
  const unreadable = UNREADABLE[code] ?? unreadableBy(code);
  if (unreadable !== undefined) {
    const what = `the answer cannot be read: ${unreadable} (${code})`;
    return callFailure('RESPONSE_INVALID', call, what, { isTransient, isUnreadable: true });
  }
  const obstacle = isTls ? 'TLS failed' : NO_CONNECTION[code];
  const broken = `the connection broke (${code})`;
  return obstacle === undefined
    ? callFailure('UNAVAILABLE', call, `${broken}; expected a whole answer`, { isTransient, reason: broken })
    : callFailure('HOST_UNREACHABLE', call, `no connection to ${call.url.host}: ${obstacle} (${code})`, {
        isTransient,
        isTls,
      });
}

const isCode = (code: unknown): code is string => typeof code === 'string' && /^\w{1,60}$/.test(code);

function unreadableBy(code: string): string | undefined {
  if (NOT_COMPRESSED.test(code)) return 'it cannot be decompressed';
  return NOT_HTTP.test(code) ? 'it is not HTTP' : undefined;
}

/** An error may aggregate one for each address that was tried. */
function codeOf(error: unknown): string {
  const [firstTried] = [propertyOf(error, 'errors')].flat();
  return [error, firstTried].map((each) => propertyOf(each, 'code')).find(isCode) ?? 'no code';
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
