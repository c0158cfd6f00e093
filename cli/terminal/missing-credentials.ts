import type { Config } from '../../lambda/deployment/config.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { credentialsFor } from '../../operator/session.ts';
import { canAsk } from './terminal.ts';

/**
 * With `--embedded`, asks for the client's id and secret where they are not in the environment and somebody is there to be
 * asked. They are kept for as long as this process runs.
 */
export async function askForMissingCredentials(config: Config, { embedded }: CommonOptions): Promise<void> {
  const isMissing =
    embedded && config.auth.grant === 'clientCredentials' && credentialsFor(config) === undefined;
  if (!isMissing || !canAsk()) return;
  const { askCredentials } = await import('./ask-credentials.ts');
  const { clientId, clientSecret } = await askCredentials();
  Object.assign(process.env, { PROCURIOS_CLIENT_ID: clientId, PROCURIOS_CLIENT_SECRET: clientSecret });
}
