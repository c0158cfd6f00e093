import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import { CommandError } from '../../operator/command-error.ts';
import { findStream, readConfig } from '../../operator/config.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { proxyHint } from '../../operator/proxy.ts';
import { pull } from '../../operator/pull/pull.ts';
import { openSession } from '../../operator/session.ts';
import { reportError, stackOf } from '../program/report-error.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { askForMissingCredentials } from '../terminal/missing-credentials.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { createProgress } from '../terminal/progress.ts';
import { receiptsText } from './receipts.ts';

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

  await askForMissingCredentials(config, options);
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
    onUnexpected: (error) => unexpected.push(error),
    signal: interrupt.signal,
  });
  print(options.json ? JSON.stringify(run) : receiptsText(run, isDryRun, flagsOf(options)));
  for (const error of unexpected) say(stackOf(error));
  const hints = Object.values(run.streams).map(({ error }) => proxyHint(error?.code));
  for (const hint of new Set(hints)) if (hint !== undefined) say(hint);
  return interrupt.signal.aborted && run.status !== 'complete' ? EXIT.interrupted : exitCodeOf(run);
}

export function exitCodeOf({ status }: RunReceipt): number {
  return status === 'complete' ? EXIT.done : EXIT.failed;
}
