import { randomUUID } from 'node:crypto';
import { SyncError } from '../../lambda/core/errors.ts';
import type { AuthorizationCodeGrant } from '../../lambda/core/token/authorization.ts';
import { replaceUnderLease } from '../../lambda/core/token/token-lease.ts';
import type { UserToken } from '../../lambda/core/token/user-token.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { createClient } from '../../lambda/procurios/http/client.ts';
import { userTokenOf } from '../../lambda/procurios/token/user-token.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { CommandError } from '../command-error.ts';
import type { Session } from '../session.ts';
import { type Callback, type ConsentRequest, requestConsent } from './consent.ts';
import { exchangeCode, readUserId } from './exchange-code.ts';

/**
 * Checks that a token can be stored, and makes the address where the user consents.
 *
 * @throws {SyncError} `SECRET_INVALID`, `STORE_*`.
 */
export async function prepareLogin(session: Session, auth: AuthorizationCodeGrant): Promise<ConsentRequest> {
  const { clientId } = await session.readCredentials();
  await session.userTokens.prepare();
  return requestConsent(auth, clientId);
}

/** A user who is logged in. Holds nothing secret. */
export interface LoggedIn {
  /** The number of the relation who consented; absent if it is not known. */
  readonly userId?: number;
  /** Why `userId` could not be read; absent if it was read or not asked for. */
  readonly userIdProblem?: string;
  readonly scopes: readonly string[];
  /** Scopes that were asked for and not granted. */
  readonly missingScopes: readonly string[];
  /** RFC 3339. */
  readonly obtainedAt: string;
  /** RFC 3339; absent if the token is valid until Procurios refuses it. */
  readonly expiresAt?: string;
  /** Whether the token is renewed without the user. */
  readonly isRenewable: boolean;
  /** Where the token is stored, for messages. */
  readonly storedIn: string;
}

/**
 * Exchanges the code of a callback for a token, and stores it.
 *
 * @throws {CommandError} `DECLINED`, `LOGIN_FAILED`. @throws {SyncError} As a token request does. Nothing was stored then.
 */
export async function completeLogin(
  session: Session,
  auth: AuthorizationCodeGrant,
  { verifier }: ConsentRequest,
  callback: Callback,
): Promise<LoggedIn> {
  if (callback.kind === 'declined') {
    throw new CommandError('DECLINED', 'consent was refused in the browser; nothing was stored');
  }
  if (callback.kind !== 'code') {
    throw new CommandError('LOGIN_FAILED', `${callback.reason}; nothing was stored`);
  }
  const { config, userTokens, tokenLease } = session;
  const granted = await obtainToken(session, auth, callback.code, verifier);
  const user = granted.scopes.includes('openid') ? await readUser(granted, config) : {};
  const token = { ...granted, ...(user.userId !== undefined && { userId: user.userId }) };
  await replaceUnderLease(tokenLease, systemClock, token.id, () => userTokens.save(token));
  return {
    ...user,
    scopes: token.scopes,
    missingScopes: auth.scopes.filter((scope) => !token.scopes.includes(scope)),
    obtainedAt: token.obtainedAt,
    ...(token.expiresAt !== undefined && { expiresAt: token.expiresAt }),
    isRenewable: token.refreshToken !== undefined,
    storedIn: userTokens.place,
  };
}

async function obtainToken(
  { config, readCredentials }: Session,
  auth: AuthorizationCodeGrant,
  code: string,
  verifier: ConsentRequest['verifier'],
): Promise<UserToken> {
  const { tokenUrl } = config;
  const askedAtMs = Date.now();
  const result = await exchangeCode({ tokenUrl, auth, code, verifier, readCredentials });
  if (result.kind !== 'failed') {
    return userTokenOf(result.token, randomUUID(), askedAtMs, { scopes: auth.scopes });
  }
  const { failure } = result;
  // Only the credentials have to be mended first. The code is not kept, whatever became of it.
  const advice = failure.code === 'CREDENTIALS_REFUSED' ? '' : ', log in again for a new code';
  const text = `${failure.message}; nothing was stored${advice}`;
  throw failure.code === 'CONSENT_NEEDED'
    ? new CommandError('LOGIN_FAILED', text)
    : new SyncError(failure.code, text);
}

/** Short, because the user waits in the browser and the token is stored only afterwards. */
const USER_LIMITS = { attemptMs: 10_000, totalMs: 15_000, retries: 1 };

/** Reads who consented. A failure does not end the login. */
async function readUser(
  { accessToken }: UserToken,
  { host, acceptLanguage, requestsPerSecond }: Config,
): Promise<Pick<LoggedIn, 'userId' | 'userIdProblem'>> {
  const client = createClient({
    host,
    acceptLanguage,
    token: { get: async () => accessToken, drop: () => {} },
    requestsPerSecond: requestsPerSecond.pull,
    limits: USER_LIMITS,
  });
  try {
    return { userId: await readUserId(client) };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return { userIdProblem: error.message };
  }
}

/**
 * Deletes the user's token.
 *
 * @returns Where it was stored, for messages.
 */
export async function logout({ tokenLease, userTokens }: Session): Promise<string> {
  await replaceUnderLease(tokenLease, systemClock, randomUUID(), () => userTokens.clear());
  return userTokens.place;
}
