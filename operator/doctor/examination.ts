import { loadConfig } from '../../config/load-config.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import type { RetryListener } from '../../lambda/procurios/http/retry.ts';
import { CommandError } from '../command-error.ts';
import { type CommonOptions, flagsOf } from '../options.ts';
import { openApi } from '../procurios/api-access.ts';
import { openSessionAsItIs } from '../session.ts';
import { countOf } from '../words.ts';
import { checkDeployment } from './check-deployment.ts';
import { checkMachine } from './check-machine.ts';
import { checkOperations, checkRate, checkStreams, checkToken } from './check-procurios.ts';
import { checkPulls } from './check-pulls.ts';
import { findCredentials } from './find-credentials.ts';
import { type Finding, failure, ok } from './finding.ts';
import { openReadOnlyToken } from './read-only-token.ts';
import type { Subject } from './subject.ts';

/** A finding with the heading to show it under. */
export type PlacedFinding = Finding & { readonly group: string };

/**
 * Examines the machine, the config, the access to Procurios, the deployment and the last pulls, in this order. Changes nothing.
 *
 * Without a usable config it ends after the config.
 *
 * @param onRetry - Receives the retries of requests to Procurios.
 */
export async function* examine(
  options: CommonOptions,
  onRetry?: RetryListener,
): AsyncGenerator<PlacedFinding> {
  yield* under('This machine', checkMachine(process.versions.node, process.env));
  const config = await loadOrJudgeConfig(options);
  if ('findings' in config) {
    yield* under('Config', config.findings);
    return;
  }
  const { streams, operations, environment, host } = config;
  const parts = [countOf(streams.length, 'stream'), countOf(Object.keys(operations).length, 'operation')];
  const at = process.env.PROCURIOS_HOST ? `${host} (PROCURIOS_HOST)` : host;
  yield* under('Config', [ok('config', `${options.config}: ${environment} at ${at}, ${parts.join(', ')}`)]);
  yield* examineAll(options, config, onRetry);
}

async function* examineAll(
  options: CommonOptions,
  config: Config,
  onRetry: RetryListener | undefined,
): AsyncGenerator<PlacedFinding> {
  let opened: Awaited<ReturnType<typeof openSessionAsItIs>>;
  try {
    opened = await openSessionAsItIs(config, options);
  } catch (error) {
    const finding = judgeDataFolder(error);
    yield* under('Tables on this machine', [finding]);
    return;
  }
  await using session = opened;
  const credentials = await findCredentials(config.secretName, session);
  const api = openApi(
    config,
    (listeners) => openReadOnlyToken(config, session, credentials.read, listeners),
    onRetry,
  );
  const subject: Subject = { config, session, api, replaceCredentials: credentials.replace };
  yield* under('Access to Procurios', [credentials.finding]);
  yield* under('Access to Procurios', checkToken(subject));
  yield* under('Streams', checkStreams(subject));
  yield* under('Operations', checkOperations(subject));
  yield* under('Rate', checkRate(subject));
  yield* under(session.isAlone ? 'Tables on this machine' : 'AWS', checkDeployment(subject));
  yield* under('Pulls', checkPulls(subject, flagsOf(options)));
}

function judgeDataFolder(error: unknown): Finding {
  const isInUse = error instanceof SyncError && error.code === 'RUN_ACTIVE';
  const isBroken = error instanceof CommandError && error.code === 'FILE_FAILED';
  if (!isInUse && !isBroken) throw error;
  // For example `the data folder .procurios-sync is damaged: mv .procurios-sync …`.
  const [what, fix] = error.message.split(/: (.*)/s);
  return failure('tables', `${error.code} ${what}`, fix ?? '');
}

async function* under(
  group: string,
  findings: Iterable<Finding> | AsyncIterable<Finding>,
): AsyncGenerator<PlacedFinding> {
  for await (const finding of findings) yield { group, ...finding };
}

async function loadOrJudgeConfig({
  config,
}: CommonOptions): Promise<Config | { readonly findings: Finding[] }> {
  try {
    return await loadConfig(config, process.env);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const { code, message, problems } = error;
    const findings = problems.map(({ path, expected }) =>
      failure('config', `${config}, ${path}`, `expected ${expected}`),
    );
    const fix = 'correct it, or let the program write one: npx procurios-sync discover';
    return { findings: findings.length > 0 ? findings : [failure('config', `${code} ${message}`, fix)] };
  }
}
