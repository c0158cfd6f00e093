import type { Config } from '../../lambda/deployment/config.ts';
import { embeddedCredentials } from '../../operator/credentials.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { canAsk } from './terminal.ts';

/**
 * Asks for the client's id and secret with `--embedded`, if they are not in the environment and there is a terminal to ask
 * on. Keeps them in this process's environment only.
 */
export async function askForMissingCredentials(config: Config, { embedded }: CommonOptions): Promise<void> {
  const isMissing =
    embedded && config.auth.grant === 'clientCredentials' && embeddedCredentials(config) === undefined;
  if (!isMissing || !canAsk()) return;
  const { askCredentials } = await import('./ask-credentials.ts');
  const { clientId, clientSecret } = await askCredentials();
  Object.assign(process.env, { PROCURIOS_CLIENT_ID: clientId, PROCURIOS_CLIENT_SECRET: clientSecret });
}
