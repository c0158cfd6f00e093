import { hostname } from 'node:os';
import type { RunReceipt } from '../lambda/core/receipt.ts';
import { runDryPull, runPull } from '../lambda/run-pull.ts';
import { type CommonOptions, EXIT, print, say } from './command.ts';
import { createProgress } from './progress.ts';
import { receiptsTable } from './receipts.ts';
import { connect, findStream, openSession, readConfig } from './session.ts';

export interface PullCommandOptions extends CommonOptions {
  /** Names of the streams to pull; absent: all. */
  readonly stream?: readonly string[];
  readonly dryRun?: boolean;
}

/** `procurios-sync pull`: the same pull that the function in AWS runs, in this process. */
export async function pull(options: PullCommandOptions): Promise<number> {
  const config = await readConfig(options);
  const names = options.stream ?? config.streams.map(({ name }) => name);
  const streams = [...new Set(names)].map((name) => findStream(config, name));
  const isDryRun = options.dryRun ?? false;

  await using session = await openSession(config, options);
  using interrupt = interruptible();
  const run = await (isDryRun ? runDryPull : runPull)({
    config,
    streams,
    procurios: connect(config, session),
    dynamoDb: session.dynamoDb,
    owner: `process ${process.pid} on ${hostname()}`,
    isAlone: session.isAlone,
    progress: createProgress(streams, isDryRun),
    signal: interrupt.signal,
  });
  print(options.json ? JSON.stringify(run) : receiptsTable(run, isDryRun));
  if (isDryRun && !options.json) print('Nothing was written: this was a dry run.');
  return interrupt.signal.aborted ? EXIT.interrupted : exitCodeOf(run);
}

export function exitCodeOf({ status }: RunReceipt): number {
  return status === 'complete' ? EXIT.done : EXIT.failed;
}

/** Ctrl-C ends the slice; a second one ends the process, and the next pull reads the slice again. */
function interruptible(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    say('\nstopping: what was read is being stored; press Ctrl-C again to stop at once');
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}
