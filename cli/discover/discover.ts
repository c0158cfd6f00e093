import { CATALOGUE_SCOPES } from '../../config/catalogue/modules.ts';
import { CommandError } from '../../operator/command-error.ts';
import { credentialsInEnvironment } from '../../operator/credentials.ts';
import { environmentNameFor, parseAddress } from '../../operator/discover/address.ts';
import { chooseOffers } from '../../operator/discover/choose-offers.ts';
import { isEditedConfig } from '../../operator/discover/config-file.ts';
import { configSource } from '../../operator/discover/config-source.ts';
import type { Offer } from '../../operator/discover/discovery.ts';
import { type ExploreOptions, explore } from '../../operator/discover/explore.ts';
import { flagsOf } from '../../operator/options.ts';
import { countOf, oneLine, shortened } from '../../operator/words.ts';
import { askCredentials, readCredentials } from '../terminal/ask-credentials.ts';
import { confirm } from '../terminal/confirm.ts';
import { openOutput } from '../terminal/output-file.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { createSpinner, isTerminal, retryText } from '../terminal/progress.ts';
import { canAsk } from '../terminal/terminal.ts';
import { askHost, askStreams, requireTerminal } from './choose.ts';
import { discoveryText } from './discovery-text.ts';

/** The flags of `discover`. */
export interface DiscoverOptions {
  readonly host?: string;
  readonly tokenUrl?: string;
  readonly environment?: string;
  readonly scope?: readonly string[];
  readonly shop?: readonly number[];
  /** Choose everything that can be pulled, without asking. */
  readonly all?: boolean;
  readonly stream?: readonly string[];
  readonly out: string;
  readonly force?: boolean;
  /** List only, and write nothing. */
  readonly list?: boolean;
  readonly stdin?: boolean;
  readonly json?: boolean;
}

/** `procurios-sync discover`: lists what the credentials reach, and writes a config with the chosen streams. */
export async function discover(options: DiscoverOptions): Promise<number> {
  const { host, tokenUrl, scope = CATALOGUE_SCOPES, shop = [1], out, stream, list, json } = options;
  const address = parseAddress(host ?? (await askHost()), tokenUrl);
  const environment = environmentNameFor(address, options.environment);
  const isChosen = options.all || stream !== undefined;
  // All questions except for the choice of streams come before the requests, which can take a minute.
  if (!list && !isChosen) requireTerminal('--all, or --stream NAME…');
  if (!list) await requireReplaceable(options);
  const credentials = await obtainCredentials(options);

  const discovery = await withSpinner((onProgress) =>
    explore(address, credentials, {
      ...{ scopes: scope, shops: shop, onProgress },
      onRetry: (retry) => onProgress(retryText(retry)),
    }),
  );
  print(json ? JSON.stringify({ host: address.host, ...discovery }) : discoveryText(discovery));
  if (list) return EXIT.done;

  const pullable = chooseOffers(discovery.offers, stream);
  const offers = isChosen ? pullable : await askStreams(discovery.offers);
  const { sets, scopes } = discovery;
  const source = configSource({ ...address, environment, offers, sets, grantedScopes: scopes.granted });
  await write(out, source);
  if (!json) sayWhatNext(out, offers);
  return EXIT.done;
}

/**
 * Makes sure that the config file may be replaced. Asks the operator if the file was edited after `discover` wrote it.
 *
 * @throws {CommandError} `USAGE` if there is no terminal to ask on; `DECLINED` if the operator keeps the file.
 */
async function requireReplaceable({ out, force }: DiscoverOptions): Promise<void> {
  if (!(await isEditedConfig(out)) || force) return;
  if (!canAsk()) {
    throw new CommandError('USAGE', `${out} exists already: add --force to replace it, or --out FILE`);
  }
  await confirm(`${out} exists already. Replace it with the new config?`, {});
}

async function obtainCredentials({ stdin }: DiscoverOptions) {
  if (stdin) return await readCredentials(process.stdin);
  return credentialsInEnvironment(process.env) ?? (await askCredentials());
}

/** Shows on a spinner which part of Procurios is being read. */
async function withSpinner<Result>(
  work: (onProgress: ExploreOptions['onProgress']) => Promise<Result>,
): Promise<Result> {
  const spinner = createSpinner(!isTerminal());
  try {
    return await work((text) => spinner.start(shortened(oneLine(text), (process.stderr.columns || 80) - 3)));
  } finally {
    spinner.stop();
  }
}

async function write(out: string, source: string): Promise<void> {
  await using output = await openOutput(out);
  await output.write(source);
  await output.finish();
}

function sayWhatNext(out: string, offers: readonly Offer[]): void {
  const flags = flagsOf({ config: out, embedded: true });
  const [first] = offers;
  say(`\nWrote ${out} with ${countOf(offers.length, 'stream')}. Next:`);
  say(`  npx procurios-sync pull${flags}`);
  say(`  npx procurios-sync show ${first?.name}${flags}`);
}
