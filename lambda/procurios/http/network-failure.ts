import { SyncError } from '../../core/errors.ts';
import { type Call, nameOf } from './call.ts';
import { PassingFailure } from './retryable-failure.ts';

/** What stands in the way of a connection, by the code that Node or undici gives the failure. */
const NO_CONNECTION: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
};

/** Codes of OpenSSL and of Node's own checks of a certificate. */
const TLS = /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|.*_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_)/;

/** A name that is not known or a bad certificate will be the same in a second. */
const isLasting = (code: string) => code === 'ENOTFOUND' || TLS.test(code);

/**
 * Says what a failed `fetch`, or a failed read of its answer, means.
 *
 * The original is not kept as cause: undici's errors may hold bytes of the answer.
 */
export function networkFailure(error: unknown, call: Call): PassingFailure | SyncError {
  const code = codeOf(error);
  const isTls = TLS.test(code);
  const obstacle = isTls ? 'TLS failed' : NO_CONNECTION[code];
  const failure =
    obstacle === undefined
      ? new SyncError(
          'UNAVAILABLE',
          `${nameOf(call)}: the connection broke (${code}); expected a whole answer`,
        )
      : new SyncError(
          'HOST_UNREACHABLE',
          `${nameOf(call)}: no connection to ${call.url.host}: ${obstacle} (${code})`,
        );
  return isLasting(code) ? failure : new PassingFailure(failure);
}

const isCode = (code: unknown): code is string => typeof code === 'string' && /^\w{1,60}$/.test(code);

/** `fetch` rejects with a `TypeError` whose cause has the code, or is an aggregate of one error per address tried. */
function codeOf(error: unknown): string {
  const cause = propertyOf(error, 'cause');
  const [firstTried] = [propertyOf(cause, 'errors')].flat();
  const codes = [cause, firstTried, error].map((each) => propertyOf(each, 'code'));
  return codes.find(isCode) ?? 'no code';
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
