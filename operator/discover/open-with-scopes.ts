import { DEFAULT_ACCEPT_LANGUAGE, DEFAULT_REQUESTS_PER_SECOND } from '../../config/schema/config.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';
import type { RetryListener } from '../../lambda/procurios/http/retry.ts';
import { createTokenSource } from '../../lambda/procurios/token/client-token.ts';
import { type ApiAccess, openApi } from '../procurios/api-access.ts';
import type { Address } from './address.ts';
import type { DiscoveredScopes } from './discovery.ts';

/** How to ask for a token. */
export interface OpenOptions {
  /** Scopes to ask for. */
  readonly scopes: readonly string[];
  /** Called with what is read next. */
  readonly onProgress: (text: string) => void;
  /** Receives the retries of requests. */
  readonly onRetry?: RetryListener;
}

/** Access to Procurios with a token that has been obtained. */
export interface OpenedApi {
  readonly api: ApiAccess;
  readonly scopes: DiscoveredScopes;
}

/**
 * Obtains a token with as many of these scopes as are granted.
 *
 * If the token endpoint refuses all of them together, each is asked for by itself, because OAuth2 does not say which scope
 * was wrong.
 *
 * @throws {SyncError} As a token request does; `ACCESS_DENIED` if no scope is granted.
 */
export async function openWithScopes(
  address: Address,
  credentials: Credentials,
  options: OpenOptions,
): Promise<OpenedApi> {
  const { scopes: asked, onProgress, onRetry } = options;
  onProgress('asking for a token');
  const api = openFor(address, credentials, asked, onRetry);
  try {
    await api.token.get();
    return { api, scopes: { asked, granted: api.granted?.scopes, refused: [] } };
  } catch (error) {
    if (!isAboutScopes(error) || asked.length === 1) throw error;
  }
  const granted = await findGrantedScopes(address, credentials, options);
  return await openWithGranted(address, credentials, options, granted);
}

/** Asks for a token with each scope by itself. */
async function findGrantedScopes(
  address: Address,
  credentials: Credentials,
  { scopes: asked, onProgress, onRetry }: OpenOptions,
): Promise<string[]> {
  const found: string[] = [];
  for (const scope of asked) {
    onProgress(`asking for the scope ${scope}`);
    const api = openFor(address, credentials, [scope], onRetry);
    try {
      await api.token.get();
      if (api.granted?.scopes?.includes(scope) ?? true) found.push(scope);
    } catch (error) {
      if (!isAboutScopes(error)) throw error;
    }
  }
  if (found.length > 0) return found;
  throw new SyncError(
    'ACCESS_DENIED',
    `Procurios grants none of the ${asked.length} scopes asked for; give the client scopes in Procurios, or name others with --scope`,
  );
}

async function openWithGranted(
  address: Address,
  credentials: Credentials,
  { scopes: asked, onRetry }: OpenOptions,
  granted: readonly string[],
): Promise<OpenedApi> {
  const api = openFor(address, credentials, granted, onRetry);
  await api.token.get();
  const refused = asked.filter((scope) => !granted.includes(scope));
  return { api, scopes: { asked, granted: api.granted?.scopes ?? granted, refused } };
}

function isAboutScopes(error: unknown): boolean {
  return error instanceof SyncError && error.code === 'ACCESS_DENIED';
}

function openFor(
  { host, tokenUrl }: Address,
  credentials: Credentials,
  scopes: readonly string[],
  onRetry: RetryListener | undefined,
): ApiAccess {
  const settings = {
    host,
    acceptLanguage: DEFAULT_ACCEPT_LANGUAGE,
    // The rate agreed with Procurios is not known before there is a config.
    requestsPerSecond: DEFAULT_REQUESTS_PER_SECOND,
  };
  const openToken: Parameters<typeof openApi>[1] = (listeners) =>
    createTokenSource({ tokenUrl, scopes, readCredentials: async () => credentials, ...listeners });
  return openApi(settings, openToken, onRetry);
}
