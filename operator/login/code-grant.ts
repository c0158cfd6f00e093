import type { AuthorizationCodeGrant } from '../../lambda/core/token/authorization.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { parseRedirectUrl } from '../../lambda/deployment/safe-addresses.ts';
import { CommandError } from '../command-error.ts';

/**
 * The grant by which a user logs in.
 *
 * @param redirectUrl - Where the browser returns to. @default - The config's.
 * @throws {CommandError} `USAGE` if no user logs in with this config, or the address cannot be used.
 */
export function codeGrantOf({ auth }: Config, redirectUrl?: string): AuthorizationCodeGrant {
  if (auth.grant !== 'authorizationCode') {
    throw new CommandError(
      'USAGE',
      "no user logs in with this config, because auth.grant is 'clientCredentials'; set it to 'authorizationCode' if one should",
    );
  }
  if (redirectUrl === undefined) return auth;
  if (parseRedirectUrl(redirectUrl) === undefined) {
    throw new CommandError(
      'USAGE',
      '--redirect-url is not an address that a browser can return to; expected https://… or http://127.0.0.1:PORT/…',
    );
  }
  return { ...auth, redirectUrl };
}
