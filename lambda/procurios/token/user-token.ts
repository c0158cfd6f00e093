import { randomUUID } from 'node:crypto';
import { type Clock, timestamp } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import type { Credentials } from '../../core/token/credentials.ts';
import { LOOK_AGAIN_MS, RENEWAL_MS, type TokenLease } from '../../core/token/token-lease.ts';
import {
  consentNeeded,
  tokenStep,
  type UserToken,
  type UserTokenStore,
} from '../../core/token/user-token.ts';
import type { ClientLimits } from '../http/limits.ts';
import type { TokenSource } from './client-token.ts';
import { spendGrant } from './exchange-once.ts';
import { createSharedWork } from './single-flight.ts';
import type { Grant } from './token-answer.ts';

export interface UserTokenSourceOptions {
  /** The only address that the secret and what renews the token are sent to. */
  readonly tokenUrl: string;
  /** Those that were asked for. */
  readonly scopes: readonly string[];
  readonly store: UserTokenStore;
  readonly lease: TokenLease;
  /** @param fresh - True to read them anew, because those read before were refused. */
  readCredentials(fresh: boolean): Promise<Credentials>;
  readonly clock: Clock;
  /** What logs a user in: `npx procurios-sync login`. */
  readonly loginCommand: string;
  readonly limits?: Partial<ClientLimits>;
}

/** How long Secrets Manager may go on showing a token that is no longer the current one. It promises no time. */
const STALE_FOR_MS = 20_000;
/** How long another one's renewal is waited for: more than it can take, whatever its clock says. */
const HELD_FOR_MS = 2 * RENEWAL_MS;
/** How long a token is served without looking whether a user has logged out, or another one in. */
const REMEMBERED_MS = 5 * 60_000;

/**
 * Serves the token of the user who logged in, and renews it where the server has given something to renew it with.
 *
 * A token whose life is not known serves until it is dropped. A logout, or another user's login, is seen within five
 * minutes. Every failure that only a new login ends is `CONSENT_NEEDED`.
 */
export function createUserTokenSource(options: UserTokenSourceOptions): TokenSource {
  const { scopes, clock } = options;
  let current: UserToken | undefined;
  let readAtMs = 0;
  let refused: string | undefined;
  let renewing: Promise<unknown> | undefined;

  const obtain = createSharedWork(async (signal) => {
    const note = (work: Promise<unknown>) => {
      renewing = work.catch(() => {});
    };
    current = await obtainToken(options, refused, signal, note);
    readAtMs = clock.now();
    return current.accessToken;
  });

  return {
    scopes,
    async get(signal) {
      const step = tokenStep(current, refused, clock.now());
      const ageMs = clock.now() - readAtMs;
      if (step.kind === 'serve' && ageMs >= 0 && ageMs < REMEMBERED_MS) return step.token.accessToken;
      try {
        return await obtain(signal);
      } catch (error) {
        const isOutOfReach = error instanceof SyncError && error.code === 'STORE_UNAVAILABLE';
        if (isOutOfReach && step.kind === 'serve') return step.token.accessToken;
        throw error;
      } finally {
        // A function that returned earlier would be frozen, and what the server gives would be lost.
        await renewing;
      }
    },
    drop(token) {
      if (current?.accessToken === token) refused = token;
    },
  };
}

const NO_END = "renewing the user's token was begun and came to no end";

/** @param note - Is told of work that must not be broken off. */
async function obtainToken(
  options: UserTokenSourceOptions,
  refused: string | undefined,
  signal: AbortSignal,
  note: (work: Promise<unknown>) => void,
): Promise<UserToken> {
  const { store, clock, loginCommand } = options;
  let staleUntilMs = Number.POSITIVE_INFINITY;
  let heldUntilMs = Number.POSITIVE_INFINITY;
  for (;;) {
    const step = tokenStep(await store.read(), refused, clock.now());
    if (step.kind === 'consent') throw consentNeeded(step.reason, loginCommand);
    if (step.kind === 'serve') return step.token;
    signal.throwIfAborted();
    const work = renew(step.token, step.refreshToken, options);
    note(work);
    const outcome = await work;
    if (typeof outcome === 'object') return outcome;
    if (outcome === 'superseded') staleUntilMs = Math.min(staleUntilMs, clock.now() + STALE_FOR_MS);
    else heldUntilMs = Math.min(heldUntilMs, clock.now() + HELD_FOR_MS);
    if (clock.now() >= heldUntilMs) throw consentNeeded(NO_END, loginCommand);
    if (clock.now() >= staleUntilMs) {
      throw consentNeeded('the token that is stored is not the one that was given last', loginCommand);
    }
    await clock.sleep(LOOK_AGAIN_MS, signal);
    signal.throwIfAborted();
  }
}

/** @returns The new token, once it is stored; or why it is not for us to ask for it. */
async function renew(
  token: UserToken,
  refreshToken: string,
  options: UserTokenSourceOptions,
): Promise<UserToken | 'held' | 'superseded'> {
  const { lease, store, clock, loginCommand, scopes } = options;
  const next = randomUUID();
  const right = await lease.take(token.id, next);
  if (right === 'spent') {
    throw consentNeeded(NO_END, loginCommand);
  }
  if (right !== 'taken') return right;

  const askedAtMs = clock.now();
  const request = {
    fields: { grant_type: 'refresh_token', refresh_token: refreshToken },
    scopes,
    notAccepted: (what: string) => consentNeeded(`${what}; expected the token to be renewed`, loginCommand),
  };
  const spent = await spendGrant({ ...options, about: 'renewal of the token', request }).catch(
    async (error: unknown) => {
      if (error instanceof SyncError) await lease.giveBack(next);
      throw error;
    },
  );
  if (spent.kind === 'failed') {
    const { failure, isVoid } = spent;
    await (isVoid ? lease.giveUp(next) : lease.giveBack(next));
    throw isVoid && failure.code !== 'CONSENT_NEEDED'
      ? consentNeeded(`${failure.message}, and a token is renewed once only`, loginCommand)
      : failure;
  }
  const renewed = userTokenOf(spent.grant, next, askedAtMs, token);
  await store.save(renewed);
  await lease.finish(next);
  return renewed;
}

/**
 * What is kept of a granted token.
 *
 * @param before - What holds on where the server does not say: the scopes, what renews the token, who consented.
 */
export function userTokenOf(
  grant: Grant,
  id: string,
  askedAtMs: number,
  before: Pick<UserToken, 'scopes' | 'refreshToken' | 'userId'>,
): UserToken {
  const { accessToken, lifeMs } = grant;
  const { refreshToken = before.refreshToken, scopes = before.scopes } = grant;
  return {
    id,
    accessToken,
    ...(refreshToken !== undefined && { refreshToken }),
    scopes,
    obtainedAt: timestamp(askedAtMs),
    ...(lifeMs !== undefined && { expiresAt: timestamp(askedAtMs + lifeMs) }),
    ...(before.userId !== undefined && { userId: before.userId }),
  };
}
