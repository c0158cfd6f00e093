import { SyncError } from '../errors.ts';

/** A user's token, as it is stored. Secret. */
export interface UserToken {
  /** Unique among all tokens, earlier and later. */
  readonly id: string;
  readonly accessToken: string;
  /** Renews the token, once; absent if the server gave none. */
  readonly refreshToken?: string;
  /** The scopes granted, or those of the request if the server did not say. */
  readonly scopes: readonly string[];
  /** When the token was requested, RFC 3339. */
  readonly obtainedAt: string;
  /** RFC 3339; absent if its life is unknown: it is used until Procurios refuses it. */
  readonly expiresAt?: string;
  /** The number of the relation who consented; absent if `openid` was not granted, or if the number could not be read. */
  readonly userId?: number;
  /** The id of the login's own token; absent in that token, and in tokens that versions without this field renewed. */
  readonly loginId?: string;
}

/** The user who consented or, if that is not known, the login. A login is one user's, so another user never has the same name. */
export function userOf({ userId, loginId, id }: UserToken): string {
  return userId === undefined ? `login ${loginId ?? id}` : String(userId);
}

/** The store of a user's token. */
export interface UserTokenStore {
  /** The store's name, for people: `the secret procurios-sync/acme/user`. */
  readonly place: string;
  /**
   * Checks that a token can be saved, before a user is asked to consent.
   *
   * @throws {SyncError} `STORE_*`.
   */
  prepare(): Promise<void>;
  /**
   * @returns Undefined if no user has logged in.
   * @throws {SyncError} `SECRET_INVALID`, `STORE_*`.
   */
  read(): Promise<UserToken | undefined>;
  save(token: UserToken): Promise<void>;
  /** Removes the token. A no-op if there is none. */
  clear(): Promise<void>;
}

/** The next action with a stored token. */
export type TokenAction =
  | { readonly kind: 'serve'; readonly token: UserToken }
  | { readonly kind: 'renew'; readonly token: UserToken; readonly refreshToken: string }
  | { readonly kind: 'consent'; readonly reason: string };

/** A token is renewed 60 seconds before it expires, or a tenth of its life before if that is less. */
const LONGEST_MARGIN_MS = 60_000;

/** @param refused - The access token that Procurios refused; undefined if it refused none. */
export function nextTokenAction(
  token: UserToken | undefined,
  refused: string | undefined,
  nowMs: number,
): TokenAction {
  if (token === undefined) return { kind: 'consent', reason: 'no user has logged in' };
  const isRefused = token.accessToken === refused;
  if (!isRefused && nowMs < servesUntilMs(token)) return { kind: 'serve', token };
  const { refreshToken } = token;
  if (refreshToken !== undefined) return { kind: 'renew', token, refreshToken };
  const what = isRefused ? "Procurios refuses the user's token" : "the user's token has run out";
  return { kind: 'consent', reason: `${what}, and there is nothing to renew it with` };
}

/** In milliseconds since the epoch; infinite if it is unknown. */
function servesUntilMs({ obtainedAt, expiresAt, refreshToken }: UserToken): number {
  if (expiresAt === undefined) return Number.POSITIVE_INFINITY;
  const endMs = Date.parse(expiresAt);
  if (refreshToken === undefined) return endMs;
  return endMs - Math.min(LONGEST_MARGIN_MS, (endMs - Date.parse(obtainedAt)) / 10);
}

/** @param command - The command that logs a user in: `npx procurios-sync login`. */
export function consentNeeded(reason: string, command: string): SyncError {
  return new SyncError('CONSENT_NEEDED', `${reason}; to log in: ${command}`, { loginCommand: command });
}

/** The text of a store after {@link UserTokenStore.clear}. */
export const NO_USER_TOKEN = '{}';

/**
 * Parses a stored token, which is a {@link UserToken} as JSON.
 *
 * @param about - The store, for messages.
 * @returns Undefined for {@link NO_USER_TOKEN}.
 * @throws {SyncError} `SECRET_INVALID`, naming the first field at fault. No value is quoted.
 */
export function parseUserToken(text: string, about: string): UserToken | undefined {
  const fields = parseObject(text);
  if (fields === undefined) throw invalid(about, 'is not a JSON object');
  if (Object.keys(fields).length === 0) return undefined;
  for (const [name, isRight] of Object.entries(CHECKS)) {
    if (!isRight(fields[name])) throw invalid(about, `has no usable ${name}`);
  }
  return fields as unknown as UserToken;
}

const isText = (value: unknown) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
const isTime = (value: unknown) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
const isAbsentOr = (isRight: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || isRight(value);

const CHECKS: Readonly<Record<keyof UserToken, (value: unknown) => boolean>> = {
  id: isText,
  accessToken: isText,
  refreshToken: isAbsentOr(isText),
  scopes: (value) => Array.isArray(value) && value.every(isText),
  obtainedAt: isTime,
  expiresAt: isAbsentOr(isTime),
  userId: isAbsentOr(Number.isSafeInteger),
  loginId: isAbsentOr(isText),
};

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // The parser's error quotes the text.
    return undefined;
  }
}

function invalid(about: string, what: string): SyncError {
  return new SyncError(
    'SECRET_INVALID',
    `${about} ${what}; expected what procurios-sync login stores: log in again`,
  );
}
