import { SyncError } from '../../lambda/core/errors.ts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { CommandError } from '../../operator/command-error.ts';
import { readConfig } from '../../operator/config.ts';
import { checkCredentials, storeCredentials } from '../../operator/login/configure.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
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

  await using session = await openSession(config, options);
  const how = await storeCredentials(session, credentials);
  if (options.json) {
    print(JSON.stringify({ secret: config.secretName, checked: isChecked, created: how === 'created' }));
  } else sayStored(config, { how, isChecked }, flagsOf(options));
  return EXIT.done;
}

/** @throws {SyncError} As a token request does. */
async function check(config: Config, credentials: Credentials): Promise<void> {
  say(`asking ${new URL(config.tokenUrl).host} for a token`);
  try {
    await checkCredentials(config, credentials);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    throw new SyncError(error.code, `${error.message}; nothing was stored (--skip-check stores unchecked)`, {
      cause: error,
    });
  }
}

function sayStored(
  { secretName, auth }: Config,
  { how, isChecked }: { readonly how: 'created' | 'replaced'; readonly isChecked: boolean },
  flags: string,
): void {
  print(`stored in the ${how === 'created' ? 'new ' : ''}secret ${secretName}`);
  if (!isChecked) say('they were not checked');
  say('the functions read them without a deploy');
  if (auth.grant === 'authorizationCode') say(`to log a user in: npx procurios-sync login${flags}`);
  else say(`to pull now: npx procurios-sync pull --deployed --wait${flags}`);
}
