import type { Credentials } from '../../lambda/core/token/credentials.ts';
import { consentNeeded, nextTokenAction } from '../../lambda/core/token/user-token.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { createTokenSource, type TokenSource } from '../../lambda/procurios/token/client-token.ts';
import type { TokenListeners } from '../procurios/api-access.ts';
import type { Session } from '../session.ts';

/**
 * Opens a token source that stores nothing, for the grant of the config.
 *
 * It never renews the token of a user, because a renewal has to be stored.
 *
 * @throws {SyncError} `CONSENT_NEEDED`, from `get`, if the user's token is absent, expired or refused.
 */
export function openReadOnlyToken(
  { tokenUrl, auth }: Config,
  { userTokens, loginCommand }: Session,
  readCredentials: () => Promise<Credentials>,
  listeners: TokenListeners,
): TokenSource {
  const { scopes } = auth;
  if (auth.grant === 'clientCredentials') {
    return createTokenSource({ tokenUrl, scopes, readCredentials, ...listeners });
  }
  let refused: string | undefined;
  return {
    async get() {
      const action = nextTokenAction(await userTokens.read(), refused, Date.now());
      if (action.kind === 'consent') throw consentNeeded(action.reason, loginCommand);
      if (action.kind === 'renew') throw consentNeeded("Procurios refuses the user's token", loginCommand);
      const { accessToken, expiresAt } = action.token;
      const lifeMs = expiresAt === undefined ? undefined : Date.parse(expiresAt) - Date.now();
      listeners.onGrant({ lifeMs, scopes: action.token.scopes, unreadable: [] });
      return accessToken;
    },
    drop(token) {
      refused = token;
    },
  };
}
