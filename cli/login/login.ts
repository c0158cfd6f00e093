import { randomUUID } from 'node:crypto';
import { SyncError } from '../../lambda/core/errors.ts';
import type { AuthorizationCodeGrant } from '../../lambda/core/token/authorization.ts';
import { replaceUnderLease } from '../../lambda/core/token/token-lease.ts';
import type { UserToken } from '../../lambda/core/token/user-token.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { parseRedirectUrl } from '../../lambda/deployment/safe-addresses.ts';
import { createClient } from '../../lambda/procurios/http/client.ts';
import { userTokenOf } from '../../lambda/procurios/token/user-token.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { CommandError } from '../../operator/command-error.ts';
import { type ConsentRequest, requestConsent } from '../../operator/login/consent.ts';
import { exchangeCode, readUserId } from '../../operator/login/exchange-code.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession, readConfig, type Session } from '../../operator/session.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { type Arrival, receiveCallback } from './receive-callback.ts';

export interface LoginOptions extends CommonOptions {
  /** Instead of the config's. */
  readonly redirectUrl?: string;
  /** False: the address is printed, and not opened. */
  readonly browser: boolean;
  /** How long the user has, in seconds. */
  readonly timeout: number;
}

/** `procurios-sync login`: asks a user to consent in a browser, and stores the token that comes of it. */
export async function login(options: LoginOptions): Promise<number> {
  const config = await readConfig(options);
  const auth = codeGrantOf(config, options.redirectUrl);
  await using session = await openSession(config, options);
  const { clientId } = await session.readCredentials();
  await session.userTokens.prepare();

  const consent = requestConsent(auth, clientId);
  if (consent.state === undefined && consent.verifier === undefined) {
    say(
      'without state and PKCE a callback that somebody else prepared is taken for yours: make sure of whom you are logged in as',
    );
  }
  const arrival = await receiveCallback(auth, consent, options);
  try {
    // What the server gives for the code would be lost.
    using _interrupt = onInterrupt('the token is about to be stored, which takes a moment', () => {});
    const token = await obtainToken(config, auth, consent, arrival, session);
    arrival.answer('done');
    if (options.json) print(JSON.stringify(summaryOf(token, config, session)));
    else printToken(token, auth, session, flagsOf(options));
    return EXIT.done;
  } finally {
    await arrival.leave();
  }
}

/** @throws {CommandError} `USAGE`: nobody can log in with this config, or the address is none. */
export function codeGrantOf({ auth }: Config, redirectUrl?: string): AuthorizationCodeGrant {
  if (auth.grant !== 'authorizationCode') {
    throw new CommandError(
      'USAGE',
      "the config's grant is clientCredentials: no user logs in; set auth.grant to 'authorizationCode' for that",
    );
  }
  if (redirectUrl === undefined) return auth;
  if (parseRedirectUrl(redirectUrl) === undefined) {
    throw new CommandError(
      'USAGE',
      '--redirect-url is not an address to come back to; expected https://… or http://127.0.0.1:PORT/…',
    );
  }
  return { ...auth, redirectUrl };
}

/** @returns The token, once it is stored. */
async function obtainToken(
  config: Config,
  auth: AuthorizationCodeGrant,
  { verifier }: ConsentRequest,
  { callback }: Arrival,
  session: Session,
): Promise<UserToken> {
  if (callback.kind === 'declined') {
    throw new CommandError('DECLINED', 'consent was refused in the browser; nothing was stored');
  }
  if (callback.kind === 'invalid') {
    throw new CommandError('LOGIN_FAILED', `${callback.reason}; nothing was stored`);
  }
  const { tokenUrl } = config;
  const { readCredentials, userTokens } = session;
  const askedAtMs = Date.now();
  const spent = await exchangeCode({ tokenUrl, auth, code: callback.code, verifier, readCredentials });
  if (spent.kind === 'failed') {
    const { code, message } = spent.failure;
    const text = `${message}; nothing was stored${spent.isVoid ? ', log in again for a new code' : ''}`;
    throw code === 'CONSENT_NEEDED' ? new CommandError('LOGIN_FAILED', text) : new SyncError(code, text);
  }
  const granted = userTokenOf(spent.grant, randomUUID(), askedAtMs, { scopes: auth.scopes });
  const userId = granted.scopes.includes('openid') ? await userIdOf(granted, config) : undefined;
  const token = { ...granted, ...(userId !== undefined && { userId }) };
  await replaceUnderLease(session.tokenLease, systemClock, token.id, () => userTokens.save(token));
  return token;
}

/** Somebody waits in the browser, and the token is stored afterwards. */
const USER_LIMITS = { attemptMs: 10_000, totalMs: 15_000, retries: 1 };

/** @returns Undefined: it could not be read. The login stands all the same. */
async function userIdOf({ accessToken, scopes }: UserToken, config: Config): Promise<number | undefined> {
  const token = { scopes, get: async () => accessToken, drop: () => {} };
  const { host, acceptLanguage, requestsPerSecond } = config;
  try {
    return await readUserId(
      createClient({
        host,
        acceptLanguage,
        token,
        requestsPerSecond: requestsPerSecond.pull,
        limits: USER_LIMITS,
      }),
    );
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    say(`logged in, but who consented could not be read: ${error.message}`);
    return undefined;
  }
}

function summaryOf(token: UserToken, { environment }: Config, { userTokens }: Session): object {
  const { userId, scopes, obtainedAt, expiresAt, refreshToken } = token;
  const isRenewable = refreshToken !== undefined;
  return { environment, userId, scopes, obtainedAt, expiresAt, isRenewable, storedIn: userTokens.place };
}

function printToken(token: UserToken, auth: AuthorizationCodeGrant, session: Session, flags: string): void {
  const { userId, scopes, expiresAt, refreshToken } = token;
  const end = expiresAt === undefined ? 'until it is refused' : `until ${expiresAt}`;
  print(userId === undefined ? 'logged in' : `logged in as relation ${userId}`);
  print(`  scopes  ${scopes.join(' ')}`);
  print(`  serves  ${end}${refreshToken === undefined ? '' : ', and is renewed by itself'}`);
  print(`  stored  in ${session.userTokens.place}`);
  const missing = auth.scopes.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) say(`not granted, though asked for: ${missing.join(' ')}`);
  say(`to pull now: npx procurios-sync pull${flags}`);
}
