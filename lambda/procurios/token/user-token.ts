import { randomUUID } from 'node:crypto';
import { type Clock, timestamp } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import type { Credentials } from '../../core/token/credentials.ts';
import { LOOK_AGAIN_MS, type TokenLease } from '../../core/token/token-lease.ts';
import {
  consentNeeded,
  nextTokenAction,
  type UserToken,
  type UserTokenStore,
  userOf,
} from '../../core/token/user-token.ts';
import type { ClientLimits } from '../http/limits.ts';
import type { RetryListener } from '../http/retry.ts';
import type { NamingTokenSource } from './client-token.ts';
import { exchangeOnce } from './exchange-once.ts';
import { createSingleFlight } from './single-flight.ts';
import type { GrantedToken } from './token-answer.ts';

export interface UserTokenSourceOptions {
  /** The only address that the client's secret and the refresh token are sent to. */
  readonly tokenUrl: string;
  /** Those of the config. */
  readonly scopes: readonly string[];
  readonly store: UserTokenStore;
  readonly lease: TokenLease;
  /** @param fresh - True to read the secret again, because Procurios refused what was read before. */
  readCredentials(fresh: boolean): Promise<Credentials>;
  readonly clock: Clock;
  /** The command that logs a user in: `npx procurios-sync login`. */
  readonly loginCommand: string;
  readonly limits?: Partial<ClientLimits>;
  readonly onRetry?: RetryListener | undefined;
}

/** How long Secrets Manager may still return a token that was replaced. AWS documents no limit. */
const STALE_FOR_MS = 20_000;
/** How long a token is served without reading the store, where a logout or another user's login shows. */
const REMEMBERED_MS = 5 * 60_000;

/**
 * Serves the token of the user who logged in, and renews it if the server gave a refresh token.
 *
 * A token whose life is unknown is served until it is dropped. A logout, or another user's login, is seen within five
 * minutes. Every failure that only a new login solves is `CONSENT_NEEDED`.
 */
export function createUserTokenSource(options: UserTokenSourceOptions): NamingTokenSource {
  const { clock } = options;
  let current: UserToken | undefined;
  let readAtMs = 0;
  let clientId: string | undefined;
  let refused: string | undefined;
  let renewing: Promise<unknown> | undefined;

  const obtain = createSingleFlight(async (signal) => {
    const note = (work: Promise<unknown>) => {
      renewing = work.catch(() => {});
    };
    current = await obtainToken(options, refused, signal, note);
    readAtMs = clock.now();
    return current.accessToken;
  });

  return {
    async get(signal) {
      const action = nextTokenAction(current, refused, clock.now());
      const ageMs = clock.now() - readAtMs;
      if (action.kind === 'serve' && ageMs >= 0 && ageMs < REMEMBERED_MS) return action.token.accessToken;
      try {
        return await obtain(signal);
      } catch (error) {
        const isOutOfReach = error instanceof SyncError && error.code === 'STORE_UNAVAILABLE';
        if (isOutOfReach && action.kind === 'serve') return action.token.accessToken;
        throw error;
      } finally {
        // A Lambda function is frozen when it returns, and the token that the server grants would be lost.
        await renewing;
      }
    },
    drop(token) {
      if (current?.accessToken === token) refused = token;
    },
    async grantee() {
      if (current === undefined) return undefined;
      const { scopes } = current;
      const user = userOf(current);
      try {
        clientId ??= (await options.readCredentials(false)).clientId;
      } catch {
        // A walk without a known client is no evidence, which is no reason to fail it.
        return undefined;
      }
      return { clientId, scopes, user };
    },
  };
}

const NOT_FINISHED = "a renewal of the user's token was begun and not finished";

/** @param note - Receives work that must end before the process may be frozen. */
async function obtainToken(
  options: UserTokenSourceOptions,
  refused: string | undefined,
  signal: AbortSignal,
  note: (work: Promise<unknown>) => void,
): Promise<UserToken> {
  const { store, clock, loginCommand } = options;
  let staleUntilMs = Number.POSITIVE_INFINITY;
  for (;;) {
    const action = nextTokenAction(await store.read(), refused, clock.now());
    if (action.kind === 'consent') throw consentNeeded(action.reason, loginCommand);
    if (action.kind === 'serve') return action.token;
    signal.throwIfAborted();
    const work = renew(action.token, action.refreshToken, options);
    note(work);
    const outcome = await work;
    if (typeof outcome === 'object') return outcome;
    if (outcome === 'superseded') staleUntilMs = Math.min(staleUntilMs, clock.now() + STALE_FOR_MS);
    if (clock.now() >= staleUntilMs) {
      throw consentNeeded('the stored token is not the latest one', loginCommand);
    }
    await clock.sleep(LOOK_AGAIN_MS, signal);
    signal.throwIfAborted();
  }
}

/** @returns The new token, once it is stored; or why this process must not renew it. */
async function renew(
  token: UserToken,
  refreshToken: string,
  options: UserTokenSourceOptions,
): Promise<UserToken | 'held' | 'superseded'> {
  const { lease, store, clock, loginCommand, scopes } = options;
  const next = randomUUID();
  const right = await lease.take(token.id, next);
  if (right === 'spent') throw consentNeeded(NOT_FINISHED, loginCommand);
  if (right !== 'taken') return right;

  const askedAtMs = clock.now();
  const request = {
    fields: { grant_type: 'refresh_token', refresh_token: refreshToken },
    scopes,
    notAccepted: (what: string) => consentNeeded(`${what}; expected the token to be renewed`, loginCommand),
  };
  const result = await exchangeOnce({ ...options, about: 'renewal of the token', request }).catch(
    async (error: unknown) => {
      if (error instanceof SyncError) await lease.giveBack(next);
      throw error;
    },
  );
  if (result.kind === 'failed') {
    const { failure, isVoid } = result;
    await (isVoid ? lease.giveUp(next) : lease.giveBack(next));
    throw isVoid && failure.code !== 'CONSENT_NEEDED'
      ? consentNeeded(`${failure.message}, and a refresh token is single-use`, loginCommand)
      : failure;
  }
  const { loginId = token.id } = token;
  const renewed = userTokenOf(result.token, next, askedAtMs, { ...token, loginId });
  await store.save(renewed);
  await lease.finish(next);
  return renewed;
}

/**
 * Makes the token to store from a granted one.
 *
 * @param before - The values that stay if the server does not say: the scopes, the refresh token, the user, the login.
 */
export function userTokenOf(
  granted: GrantedToken,
  id: string,
  askedAtMs: number,
  before: Pick<UserToken, 'scopes' | 'refreshToken' | 'userId' | 'loginId'>,
): UserToken {
  const { accessToken, lifeMs } = granted;
  const { refreshToken = before.refreshToken, scopes = before.scopes } = granted;
  return {
    id,
    accessToken,
    ...(refreshToken !== undefined && { refreshToken }),
    scopes,
    obtainedAt: timestamp(askedAtMs),
    ...(lifeMs !== undefined && { expiresAt: timestamp(askedAtMs + lifeMs) }),
    ...(before.userId !== undefined && { userId: before.userId }),
    ...(before.loginId !== undefined && { loginId: before.loginId }),
  };
}
