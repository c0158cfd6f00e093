import { SyncError } from '../core/errors.ts';

const THROTTLES: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** Errors for a table or secret, for a queue, and for a topic or alarm, that does not exist. */
const MISSING: ReadonlySet<string> = new Set([
  'ResourceNotFoundException',
  'QueueDoesNotExist',
  'NotFoundException',
  'ResourceNotFound',
]);

const NO_CREDENTIALS: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
]);

const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);

const NOT_ALLOWED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'UnauthorizedOperation',
]);

/** The name of an error of the SDK or of the network; empty for a value that is no error. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

export function isThrottle(error: unknown): boolean {
  return THROTTLES.has(nameOf(error));
}

/** Names of network failures, as Node and the SDK spell them in `name` or `code`. */
const NETWORK =
  /^(TimeoutError|RequestTimeout|AbortError|ECONN\w+|ENOTFOUND|EPIPE|EHOST\w+|ENET\w+|EMFILE|ENFILE|EAI_AGAIN|NetworkingError)$/;

/**
 * Translates an error of the SDK into a {@link SyncError}. An error that is not recognised is returned as it is.
 *
 * @param about - What was called, to begin the message with: `table procurios-sync-acme-members`.
 */
export function translate(error: unknown, about: string): unknown {
  if (error instanceof SyncError || !(error instanceof Error)) return error;
  // Without a cause, because the parser's message quotes the text.
  if (error instanceof SyntaxError)
    return new SyncError('STORE_UNAVAILABLE', `${about}: the answer is not JSON`);
  const name = nameOf(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : name;

  if (MISSING.has(name)) {
    return new SyncError('STORE_MISSING', `${about} does not exist in this account and region`, {
      cause: error,
    });
  }
  if (NO_CREDENTIALS.has(name)) {
    return new SyncError(
      'STORE_UNAVAILABLE',
      `${about}: no AWS credentials that work; sign in or set a profile`,
      {
        cause: error,
      },
    );
  }
  if (EXPIRED.has(name)) {
    return new SyncError('STORE_UNAVAILABLE', `${about}: the AWS credentials have expired; sign in again`, {
      cause: error,
    });
  }
  if (NOT_ALLOWED.has(name)) {
    // Only the action, because the rest of the text names the caller.
    const action = /not authorized to perform: ([\w-]+:\w+)/.exec(error.message)?.[1] ?? 'this call';
    return new SyncError('STORE_UNAVAILABLE', `${about}: AWS does not allow ${action} (${name})`, {
      cause: error,
      missingRight: action,
    });
  }
  if (error.message.startsWith('Region is missing')) {
    return new SyncError('REGION_INVALID', 'no AWS region is set; set AWS_REGION', { cause: error });
  }
  if (error.message.startsWith('Region not accepted')) {
    return new SyncError('REGION_INVALID', 'AWS_REGION is not the name of a region', { cause: error });
  }
  if (NETWORK.test(name) || NETWORK.test(code)) {
    return new SyncError('STORE_UNAVAILABLE', `${about} could not be reached (${code})`, { cause: error });
  }
  if ('$metadata' in error) {
    // Without a status there was no answer: TLS or a proxy failed.
    const what = hasStatus(error.$metadata) ? `: AWS answered ${name}` : ` could not be reached (${code})`;
    return new SyncError('STORE_UNAVAILABLE', `${about}${what}`, { cause: error });
  }
  return error;
}

function hasStatus(metadata: unknown): boolean {
  return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
}
