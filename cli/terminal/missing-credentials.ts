import type { Config } from '../../lambda/deployment/config.ts';
import { CommandError } from '../../operator/command-error.ts';
import { CREDENTIAL_VARIABLES, embeddedCredentials } from '../../operator/credentials.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { canAsk } from './terminal.ts';

/**
 * As {@link askForMissingCredentials}, for a command that cannot work without them.
 *
 * @throws {CommandError} `USAGE` if they are missing with `--embedded` and there is no terminal to ask on.
 */
export async function requireCredentials(config: Config, options: CommonOptions): Promise<void> {
  await askForMissingCredentials(config, options);
  if (!areMissing(config, options)) return;
  throw new CommandError(
    'USAGE',
    `there are no credentials and no terminal to ask on: set ${CREDENTIAL_VARIABLES}`,
  );
}

/**
 * Asks for the client's id and secret with `--embedded`, if they are not in the environment and there is a terminal to ask
 * on. Keeps them in this process's environment only.
 */
export async function askForMissingCredentials(config: Config, options: CommonOptions): Promise<void> {
  if (!areMissing(config, options) || !canAsk()) return;
  const { askCredentials } = await import('./ask-credentials.ts');
  const { clientId, clientSecret } = await askCredentials();
  Object.assign(process.env, { PROCURIOS_CLIENT_ID: clientId, PROCURIOS_CLIENT_SECRET: clientSecret });
}

function areMissing(config: Config, { embedded = false }: CommonOptions): boolean {
  return embedded && config.auth.grant === 'clientCredentials' && embeddedCredentials(config) === undefined;
}
