import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import { CommandError } from '../../operator/command-error.ts';
import { findStream, readConfig } from '../../operator/config.ts';
import { simulatorHint, variablesHint } from '../../operator/credentials.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { proxyHint } from '../../operator/proxy.ts';
import { pull } from '../../operator/pull/pull.ts';
import { lackingScopes, lackText } from '../../operator/scopes.ts';
import { openSession, type Session } from '../../operator/session.ts';
import { readShrunkLists } from '../../operator/status/shrunk-lists.ts';
import { reportError, stackOf } from '../program/report-error.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { requireCredentials } from '../terminal/missing-credentials.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { createProgress } from '../terminal/progress.ts';
import { receiptsText } from './receipts.ts';
import { sayWatching } from './say-watching.ts';

export interface PullCommandOptions extends CommonOptions {
  /** Names of the streams to pull; absent for all. */
  readonly stream?: readonly string[];
  readonly dryRun?: boolean;
  /** Follow the run. Goes with `--deployed` only. */
  readonly wait?: boolean;
}

/** `procurios-sync pull`: pulls in this process, as the function in AWS does. */
export async function pullHere(options: PullCommandOptions): Promise<number> {
  if (options.wait) {
    throw new CommandError('USAGE', '--wait goes with --deployed; this pull runs in the command itself');
  }
  const config = await readConfig(options);
  const names = options.stream ?? config.streams.map(({ name }) => name);
  const streams = [...new Set(names)].map((name) => findStream(config, name));
  const isDryRun = options.dryRun ?? false;

  await requireCredentials(config, options);
  await using session = await openSession(config, options);
  using progress = createProgress(streams, isDryRun);
  using interrupt = onInterrupt('stopping: what was read is being stored', () => {
    const error = new CommandError(
      'INTERRUPTED',
      'stopped at once; the next pull reads the last pages again',
    );
    reportError(error, options);
  });
  const unexpected: unknown[] = [];
  const run = await pull(session, {
    streams,
    isDryRun,
    progress,
    onRetry: progress.retries,
    onUnexpected: (error) => unexpected.push(error),
    onAbsencesLost: (stream) =>
      say(`what was known of absent objects of stream ${stream} cannot be read, so the counts start over`),
    onWatch: sayWatching,
    signal: interrupt.signal,
  });
  const shrunk = isDryRun || options.json ? [] : await readShrunkLists(session, run);
  print(
    options.json ? JSON.stringify(run) : receiptsText(run, { isDryRun, shrunk, flags: flagsOf(options) }),
  );
  for (const error of unexpected) say(stackOf(error));
  for (const hint of new Set(hintsOn(run, session))) say(hint);
  return interrupt.signal.aborted && run.status !== 'complete' ? EXIT.interrupted : exitCodeOf(run);
}

/** What the operator may not know about the errors of a run. */
function hintsOn({ streams }: RunReceipt, { config, isAlone }: Session): string[] {
  const failed = Object.entries(streams).map(([name, { error }]) => ({ name, code: error?.code }));
  const hints = failed.map(
    ({ code }) => simulatorHint(config, code) ?? variablesHint(isAlone, code) ?? proxyHint(code),
  );
  const refused = failed.filter(({ code }) => code === 'ACCESS_DENIED').map(({ name }) => name);
  const lacks = lackingScopes(
    config.auth,
    config.streams.filter(({ name }) => refused.includes(name)),
  );
  return [...hints.filter((hint) => hint !== undefined), ...lacks.map(lackText)];
}

/** Not 0 either if something is held, because an operator must decide about it. */
export function exitCodeOf({ status, streams }: RunReceipt): number {
  const isHolding = Object.values(streams).some(({ held = 0 }) => held > 0);
  return status === 'complete' && !isHolding ? EXIT.done : EXIT.failed;
}
