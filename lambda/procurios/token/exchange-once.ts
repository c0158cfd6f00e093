import { expectedFailure, SyncError } from '../../core/errors.ts';
import type { Credentials } from '../../core/token/credentials.ts';
import type { Call } from '../http/call.ts';
import { type Answer, fetchOnce } from '../http/fetch-once.ts';
import { type ClientLimits, DEFAULT_LIMITS } from '../http/limits.ts';
import { holdsHtmlPage } from '../http/read-answer.ts';
import { notTransient, type RetryListener, withRetries } from '../http/retry.ts';
import { createSentDetector } from '../http/sent-detector.ts';
import type { GrantedToken } from './token-answer.ts';
import { type TokenReply, type TokenRequest, tokenExchange, withCredentials } from './token-request.ts';

/** The result of exchanging a code or a refresh token. Both are single-use. */
export type ExchangeResult =
  | { readonly kind: 'granted'; readonly token: GrantedToken }
  | {
      readonly kind: 'failed';
      readonly failure: SyncError;
      /** True if the code or refresh token cannot be sent again: it was refused, or the server may have used it. */
      readonly isVoid: boolean;
    };

export interface ExchangeOptions {
  readonly tokenUrl: string;
  /** The purpose of the request, for messages. */
  readonly about: string;
  readonly request: Required<TokenRequest>;
  readCredentials(fresh: boolean): Promise<Credentials>;
  readonly limits?: Partial<ClientLimits>;
  readonly onRetry?: RetryListener | undefined;
}

/** Together well below `RENEWAL_MS`, after which another process may renew the token. */
const EXCHANGE_LIMITS: ClientLimits = {
  ...DEFAULT_LIMITS,
  attemptMs: 30_000,
  totalMs: 60_000,
  retries: 2,
  largestBodyBytes: 1024 * 1024,
};
/** Statuses by which the server did not handle the request, so it can be sent again. */
const NOT_HANDLED = [404, 405, 425, 429, 503];
/** Refusals that are about the client or its scopes, not about the code or refresh token. */
const ABOUT_THE_CLIENT = ['CREDENTIALS_REFUSED', 'ACCESS_DENIED'];

/**
 * Exchanges a code or a refresh token for a token. The request is retried only if the server cannot have used it.
 *
 * The exchange cannot be aborted, because a token that the server grants would be lost.
 *
 * @throws {SyncError} Those of `readCredentials`, before anything was sent.
 */
export async function exchangeOnce(options: ExchangeOptions): Promise<ExchangeResult> {
  const { tokenUrl, request, about, onRetry } = options;
  const call: Call = { method: 'POST', url: new URL(tokenUrl), about };
  const limits = { ...EXCHANGE_LIMITS, ...options.limits };
  let isVoid = false;

  const attempt = async (each: Request, credentials: Credentials) => {
    const detector = createSentDetector();
    let answered: Answer | undefined;
    const exchange = tokenExchange(call, request, credentials, limits, (answer) => {
      answered = answer;
    });
    try {
      const response = await detector.watch(() => fetchOnce(each, exchange, limits));
      isVoid = isAboutGrant(await response.json());
      return response;
    } catch (error) {
      isVoid = answered === undefined ? detector.mayBeSent : !(await isNotHandled(answered, error));
      throw isVoid ? notTransient(error) : error;
    }
  };
  const reply = await withCredentials(options.readCredentials, (credentials) => {
    const sent = withRetries(call, { limits, onRetry }, (each) => attempt(each, credentials));
    return sent.catch(expectedFailure);
  });
  return reply instanceof SyncError
    ? { kind: 'failed', failure: reply, isVoid }
    : { kind: 'granted', token: reply };
}

/**
 * Whether an answer says that the server did not handle the request. A web page says so below 500, because a firewall or a
 * maintenance page answers in place of the server. A gateway's 500, 502 or 504 may follow a request that the server handled.
 */
async function isNotHandled(answer: Answer, error: unknown): Promise<boolean> {
  const { status } = answer;
  if (NOT_HANDLED.includes(status)) return true;
  if (!(error instanceof SyncError)) return false;
  if (error.code === 'THROTTLED' || error.detail.oauthError === 'temporarily_unavailable') return true;
  return error.code === 'NOT_PROCURIOS' && status < 500 && (await holdsHtmlPage(answer));
}

/** Whether the server refused the code or refresh token itself. */
function isAboutGrant(reply: TokenReply): boolean {
  return reply instanceof SyncError && !ABOUT_THE_CLIENT.includes(reply.code);
}
