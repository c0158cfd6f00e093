import { DEFAULT_ACCEPT_LANGUAGE, DEFAULT_REQUESTS_PER_SECOND } from '../../config/schema/config.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';
import { createTokenSource } from '../../lambda/procurios/token/client-token.ts';
import { type ApiAccess, openApi } from '../doctor/api-access.ts';
import type { ScopesFound } from './found.ts';

export interface Address {
  readonly host: string;
  readonly tokenUrl: string;
}

export interface OpenedApi {
  readonly api: ApiAccess;
  readonly scopes: ScopesFound;
}

/**
 * Asks for a token with as many of the scopes as are given. Where all at once are refused as scopes, they are tried one by
 * one: OAuth2 does not say which of them was wrong.
 *
 * @param onStep - Told what is done next.
 * @throws {SyncError} As a token request does; `ACCESS_DENIED` where none of them is given.
 */
export async function openWithScopes(
  address: Address,
  credentials: Credentials,
  asked: readonly string[],
  onStep: (text: string) => void,
): Promise<OpenedApi> {
  onStep('asking for a token');
  const all = openFor(address, credentials, asked);
  try {
    await all.token.get();
    return { api: all, scopes: { asked, granted: all.granted?.scopes, refused: [] } };
  } catch (error) {
    if (!isAboutScopes(error) || asked.length === 1) throw error;
  }
  const given: string[] = [];
  for (const scope of asked) {
    onStep(`asking for the scope ${scope}`);
    const one = openFor(address, credentials, [scope]);
    try {
      await one.token.get();
      if (one.granted?.scopes?.includes(scope) ?? true) given.push(scope);
    } catch (error) {
      if (!isAboutScopes(error)) throw error;
    }
  }
  if (given.length === 0) {
    throw new SyncError(
      'ACCESS_DENIED',
      `none of the ${asked.length} scopes of the catalogue may be asked for`,
    );
  }
  const api = openFor(address, credentials, given);
  await api.token.get();
  const refused = asked.filter((scope) => !given.includes(scope));
  return { api, scopes: { asked, granted: api.granted?.scopes ?? given, refused } };
}

function isAboutScopes(error: unknown): boolean {
  return error instanceof SyncError && error.code === 'ACCESS_DENIED';
}

function openFor(
  { host, tokenUrl }: Address,
  credentials: Credentials,
  scopes: readonly string[],
): ApiAccess {
  const api = {
    host,
    acceptLanguage: DEFAULT_ACCEPT_LANGUAGE,
    // The agreed rate is not known yet.
    requestsPerSecond: DEFAULT_REQUESTS_PER_SECOND,
  };
  return openApi(api, (listeners) =>
    createTokenSource({ tokenUrl, scopes, readCredentials: async () => credentials, ...listeners }),
  );
}
