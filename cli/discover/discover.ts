import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CATALOGUE_SCOPES } from '../../config/catalogue/modules.ts';
import { LONGEST_ENVIRONMENT } from '../../config/schema/config.ts';
import { isNameUpTo } from '../../config/schema/rules.ts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';
import { parseSafeUrl } from '../../lambda/deployment/safe-addresses.ts';
import { DEFAULT_TOKEN_PATH } from '../../lambda/deployment/with-host.ts';
import { CommandError } from '../../operator/command-error.ts';
import { credentialsInEnvironment } from '../../operator/credentials.ts';
import { configSource } from '../../operator/discover/config-source.ts';
import type { Discovery, Offer } from '../../operator/discover/discovery.ts';
import { explore } from '../../operator/discover/explore.ts';
import { type Address, openWithScopes } from '../../operator/discover/open-with-scopes.ts';
import { slugOf } from '../../operator/discover/stream-names.ts';
import { flagsOf } from '../../operator/options.ts';
import { countOf, oneLine, shortened } from '../../operator/words.ts';
import { askCredentials, readCredentials } from '../terminal/ask-credentials.ts';
import { confirm } from '../terminal/confirm.ts';
import { openOutput } from '../terminal/output-file.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { createSpinner, isTerminal } from '../terminal/progress.ts';
import { canAsk } from '../terminal/terminal.ts';
import { askHost, askStreams, chosenByFlags, originOf, requireTerminal } from './choose.ts';
import { foundText } from './found-text.ts';

export interface DiscoverOptions {
  readonly host?: string;
  readonly tokenUrl?: string;
  readonly environment?: string;
  readonly scope?: readonly string[];
  readonly shop?: readonly number[];
  /** Everything that can be pulled, without asking. */
  readonly all?: boolean;
  readonly stream?: readonly string[];
  readonly out: string;
  readonly force?: boolean;
  /** Only list, write nothing. */
  readonly list?: boolean;
  readonly stdin?: boolean;
  readonly json?: boolean;
}

/** `procurios-sync discover`: lists what credentials reach, and writes a config of what is chosen. */
export async function discover(options: DiscoverOptions): Promise<number> {
  const address = await readAddress(options);
  const environment = readEnvironment(options, address);
  const isWriting = !options.list;
  const isChosen = options.all || options.stream !== undefined;
  if (isWriting && !isChosen) requireTerminal('--all, or --stream NAME…');
  if (isWriting) await mayWrite(options);
  const credentials = await findCredentials(options);
  const found = await findOut(address, credentials, options);
  if (options.json) print(JSON.stringify({ host: address.host, ...found }));
  else print(foundText(found));
  if (!isWriting) return EXIT.done;

  const offers = isChosen ? chosenByFlags(found.offers, options.stream) : await askStreams(found.offers);
  if (offers.length === 0) {
    throw new CommandError('NOT_FOUND', 'nothing that can be pulled was found; no config was written');
  }
  const spareScopes = spareScopesOf(found, offers);
  await write(options.out, configSource({ ...address, environment, offers, sets: found.sets, spareScopes }));
  if (!options.json) sayWhatNext(options.out, offers);
  return EXIT.done;
}

async function readAddress({ host, tokenUrl }: DiscoverOptions): Promise<Address> {
  const origin = host === undefined ? await askHost() : originOf(host);
  if (origin === undefined) {
    throw new CommandError(
      'USAGE',
      '--host is not an address: expected https://… with neither path nor query',
    );
  }
  const url = parseSafeUrl(tokenUrl ?? new URL(DEFAULT_TOKEN_PATH, origin).href);
  if (url === undefined) throw new CommandError('USAGE', '--token-url is not an address: expected https://…');
  return { host: origin, tokenUrl: url.href };
}

/** The first part of the host's name, unless another is given. */
function readEnvironment({ environment }: DiscoverOptions, { host }: Address): string {
  const { hostname } = new URL(host);
  const isNumbers = /^[\d.]+$|:/.test(hostname);
  const name = environment ?? (isNumbers ? 'local' : slugOf(hostname.split('.')[0] ?? ''));
  if (isNameUpTo(LONGEST_ENVIRONMENT, name)) return name;
  throw new CommandError(
    'USAGE',
    `--environment takes lower case letters, digits and hyphens, at most ${LONGEST_ENVIRONMENT}`,
  );
}

async function findCredentials({ stdin }: DiscoverOptions): Promise<Credentials> {
  if (stdin) return await readCredentials(process.stdin);
  return credentialsInEnvironment(process.env) ?? (await askCredentials());
}

async function findOut(
  address: Address,
  credentials: Credentials,
  { scope = CATALOGUE_SCOPES, shop = [1] }: DiscoverOptions,
): Promise<Discovery> {
  const spinner = createSpinner(!isTerminal());
  const onProgress = (text: string) => {
    spinner.start(shortened(oneLine(text), (process.stderr.columns || 80) - 3));
  };
  try {
    const opened = await openWithScopes(address, credentials, scope, onProgress);
    return await explore(opened, { shops: shop, onProgress });
  } finally {
    spinner.stop();
  }
}

function spareScopesOf({ scopes }: Discovery, offers: readonly Offer[]): string[] {
  const needed = offers.map(({ scope }) => scope);
  return (scopes.granted ?? []).filter((scope) => !needed.includes(scope));
}

/** @throws {CommandError} `USAGE`, `DECLINED`: the file has been edited and is to stay. */
async function mayWrite({ out, force }: DiscoverOptions): Promise<void> {
  const present = await readFile(out, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CommandError('FILE_FAILED', `${out} cannot be read (${error.code})`, { cause: error });
  });
  if (force || present === undefined || isUnedited(out, present)) return;
  if (!canAsk()) {
    throw new CommandError('USAGE', `${out} is there already: add --force to replace it, or --out FILE`);
  }
  await confirm(`${out} is there already. Replace it in the end?`, {});
}

/** The host in the config that comes with this project: nobody's. */
const EXAMPLE_HOST = 'https://example.procurios.site';

/** Whether it is the config that comes with this project, and as it came: git keeps it. Without git, nobody knows. */
function isUnedited(file: string, text: string): boolean {
  if (!text.includes(`'${EXAMPLE_HOST}'`)) return false;
  const path = resolve(file);
  const git = (...args: string[]) =>
    spawnSync('git', args, { cwd: dirname(path), stdio: 'ignore' }).status === 0;
  return git('ls-files', '--error-unmatch', path) && git('diff', '--quiet', 'HEAD', '--', path);
}

async function write(out: string, source: string): Promise<void> {
  await using output = await openOutput(out);
  await output.write(source);
  await output.finish();
}

function sayWhatNext(out: string, offers: readonly Offer[]): void {
  const flags = flagsOf({ config: out, embedded: true });
  const [first] = offers;
  say(`\n${out} is written, with ${countOf(offers.length, 'stream')}. Next:`);
  say(`  npx procurios-sync pull${flags}`);
  say(`  npx procurios-sync show ${first?.name}${flags}`);
}
