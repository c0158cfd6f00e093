import { SyncError } from '../errors.ts';

/** What came of a user's consent, as it is kept: secret. */
export interface UserToken {
  /** Tells this token from every earlier and later one. */
  readonly id: string;
  readonly accessToken: string;
  /** Renews the token, once; absent: the server gave none. */
  readonly refreshToken?: string;
  /** What was granted, or asked for where the server did not say. */
  readonly scopes: readonly string[];
  /** When it was asked for, RFC 3339. */
  readonly obtainedAt: string;
  /** RFC 3339; absent: its life is not known, and it serves until it is refused. */
  readonly expiresAt?: string;
  /** The number of the relation who consented; absent: `openid` was not granted. */
  readonly userId?: number;
}

/** Where a user's token is kept. */
export interface UserTokenStore {
  /** Says where, for people: `the secret procurios-sync/acme/user`. */
  readonly place: string;
  /**
   * Makes sure that a token can be saved, before somebody is asked to consent.
   *
   * @throws {SyncError} `STORE_*`.
   */
  prepare(): Promise<void>;
  /**
   * @returns Undefined: nobody has logged in.
   * @throws {SyncError} `SECRET_INVALID`, `STORE_*`.
   */
  read(): Promise<UserToken | undefined>;
  save(token: UserToken): Promise<void>;
  /** Forgets it; does nothing where there is none. */
  clear(): Promise<void>;
}

/** What can be done with a token that is kept. */
export type TokenStep =
  | { readonly kind: 'serve'; readonly token: UserToken }
  | { readonly kind: 'renew'; readonly token: UserToken; readonly refreshToken: string }
  | { readonly kind: 'consent'; readonly reason: string };

/** A token that can be renewed is, this much before its end, or a tenth of its life where that is less. */
const LONGEST_MARGIN_MS = 60_000;

/** @param refused - An access token that Procurios has refused; undefined: none. */
export function tokenStep(
  token: UserToken | undefined,
  refused: string | undefined,
  nowMs: number,
): TokenStep {
  if (token === undefined) return { kind: 'consent', reason: 'no user has logged in' };
  const isRefused = token.accessToken === refused;
  if (!isRefused && nowMs < servesUntilMs(token)) return { kind: 'serve', token };
  const { refreshToken } = token;
  if (refreshToken !== undefined) return { kind: 'renew', token, refreshToken };
  const what = isRefused ? "Procurios refuses the user's token" : "the user's token has run out";
  return { kind: 'consent', reason: `${what}, and there is nothing to renew it with` };
}

/** In milliseconds since the epoch; infinite where it is not known. */
function servesUntilMs({ obtainedAt, expiresAt, refreshToken }: UserToken): number {
  if (expiresAt === undefined) return Number.POSITIVE_INFINITY;
  const endMs = Date.parse(expiresAt);
  if (refreshToken === undefined) return endMs;
  return endMs - Math.min(LONGEST_MARGIN_MS, (endMs - Date.parse(obtainedAt)) / 10);
}

/** @param command - What logs a user in: `npx procurios-sync login`. */
export function consentNeeded(reason: string, command: string): SyncError {
  return new SyncError('CONSENT_NEEDED', `${reason}; to log in: ${command}`, { loginCommand: command });
}

/** The text of a store after {@link UserTokenStore.clear}. */
export const NO_USER_TOKEN = '{}';

/**
 * Reads what {@link JSON.stringify} made of a token.
 *
 * @param about - Where it is kept, for messages.
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
