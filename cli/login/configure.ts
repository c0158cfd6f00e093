import { createSecretsManager, type SecretsManagerClient } from '../../lambda/aws/clients.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { clientSecretName } from '../../lambda/deployment/names.ts';
import { createTokenSource } from '../../lambda/procurios/token/client-token.ts';
import { CommandError } from '../../operator/command-error.ts';
import { createSecret, replaceSecret } from '../../operator/deployed/store-secret.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { proxyFrom } from '../../operator/proxy.ts';
import { readConfig } from '../../operator/session.ts';
import { askCredentials, readCredentials } from '../terminal/ask-credentials.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';

export interface ConfigureOptions extends CommonOptions {
  /** Read the id and the secret from stdin instead of asking. */
  readonly stdin?: boolean;
  /** Store them without asking Procurios for a token first. */
  readonly skipCheck?: boolean;
}

/** `procurios-sync configure`: stores the client's id and secret where the functions read them. */
export async function configure(options: ConfigureOptions): Promise<number> {
  const config = await readConfig(options);
  if (options.embedded) {
    throw new CommandError(
      'USAGE',
      'with --embedded nothing is stored: set PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET in the environment',
    );
  }
  const credentials = await (options.stdin ? readCredentials(process.stdin) : askCredentials());
  const isChecked = !options.skipCheck && config.auth.grant === 'clientCredentials';
  if (isChecked) await check(config, credentials);

  const secretsManager = createSecretsManager(proxyFrom(process.env));
  try {
    const how = await store(secretsManager, config, credentials);
    const { secretName } = config;
    if (options.json)
      print(JSON.stringify({ secret: secretName, checked: isChecked, created: how === 'created' }));
    else sayStored(config, { how, isChecked }, flagsOf(options));
    return EXIT.done;
  } finally {
    secretsManager.destroy();
  }
}

/** @throws {SyncError} As a token request does; nothing was stored then. */
async function check({ tokenUrl, auth }: Config, credentials: Credentials): Promise<void> {
  say(`asking ${new URL(tokenUrl).host} for a token`);
  const token = createTokenSource({
    tokenUrl,
    scopes: auth.scopes,
    readCredentials: async () => credentials,
  });
  try {
    await token.get();
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    throw new SyncError(error.code, `${error.message}; nothing was stored (--skip-check stores unchecked)`, {
      cause: error,
    });
  }
}

/**
 * The stack makes the secret of the environment's own name, and could not be deployed any more if it were there already:
 * CloudFormation adopts no secret. One of another name is the operator's own.
 */
async function store(client: SecretsManagerClient, config: Config, credentials: Credentials) {
  const { secretName, environment } = config;
  const replaced = await replaceSecret(client, secretName, credentials);
  if (replaced !== undefined) return replaced;
  if (secretName !== clientSecretName(environment))
    return await createSecret(client, secretName, credentials);
  throw new CommandError(
    'NOT_DEPLOYED',
    `there is no secret ${secretName} in this account and region; the stack makes it, and could not if it were there: deploy first, then configure`,
  );
}

function sayStored(
  { secretName, auth }: Config,
  { how, isChecked }: { readonly how: 'created' | 'replaced'; readonly isChecked: boolean },
  flags: string,
): void {
  print(`stored in the ${how === 'created' ? 'new ' : ''}secret ${secretName}`);
  if (!isChecked) say('they were not checked');
  say('the functions read it by themselves; no deploy is needed');
  if (auth.grant === 'authorizationCode') say(`a user signs in with: npx procurios-sync login${flags}`);
  else say(`to pull now: npx procurios-sync pull --deployed --wait${flags}`);
}
