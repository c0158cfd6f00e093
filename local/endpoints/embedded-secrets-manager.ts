import { type Endpoint, startJsonService } from './json-service.ts';
import { type EmbeddedSecrets, SecretStore } from './secret-store.ts';
import { answerSecretsAction } from './secrets-actions.ts';

interface EmbeddedSecretsManager extends Endpoint {
  readonly secrets: EmbeddedSecrets;
}

/**
 * Starts a Secrets Manager endpoint on a free port of 127.0.0.1. It keeps values in memory only.
 */
export async function startEmbeddedSecretsManager(): Promise<EmbeddedSecretsManager> {
  const secrets = new SecretStore();
  const endpoint = await startJsonService('secretsmanager', (action, parameters) =>
    answerSecretsAction(secrets, action, parameters),
  );
  return { ...endpoint, secrets };
}
