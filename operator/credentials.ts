import type { Credentials } from '../lambda/core/token/credentials.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { SIMULATOR_CREDENTIALS } from '../local/simulator/tokens.ts';

/** The variables that hold the client's id and secret. */
export const CREDENTIAL_VARIABLES = 'PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET';

/** The client's id and secret from the environment; undefined if one of the two variables is missing or empty. */
export function credentialsInEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): Credentials | undefined {
  const { PROCURIOS_CLIENT_ID: clientId, PROCURIOS_CLIENT_SECRET: clientSecret } = variables;
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}

/**
 * The client's id and secret for `--embedded`: those of the environment, or the simulator's if the host is on this machine.
 *
 * @returns Undefined if the operator has to give them.
 */
export function embeddedCredentials(config: Config): Credentials | undefined {
  return credentialsInEnvironment(process.env) ?? (isSimulator(config) ? SIMULATOR_CREDENTIALS : undefined);
}

/** Says how to start the simulator, for an error of a host on this machine at which nothing answers; undefined for others. */
export function simulatorHint(config: Config, code: string | undefined): string | undefined {
  if (code !== 'HOST_UNREACHABLE' || !isSimulator(config)) return undefined;
  const { port } = new URL(config.host);
  return `start the simulator: npx procurios-sync simulator --port ${port || 80}`;
}

/** Says where refused credentials for `--embedded` came from, if from the environment; undefined for other errors. */
export function variablesHint(isAlone: boolean, code: string | undefined): string | undefined {
  const areFromVariables = isAlone && credentialsInEnvironment(process.env) !== undefined;
  return code === 'CREDENTIALS_REFUSED' && areFromVariables
    ? `the refused id and secret are those in ${CREDENTIAL_VARIABLES}`
    : undefined;
}

function isSimulator({ host }: Config): boolean {
  const { hostname } = new URL(host);
  return hostname === '127.0.0.1' || hostname === '[::1]';
}
