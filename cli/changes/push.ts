import { SyncError } from '../../lambda/core/errors.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { type FiledChange, parseChangeLines } from '../../operator/changes/change-file.ts';
import { type Enqueued, enqueue } from '../../operator/changes/enqueue.ts';
import { type ChangeAccess, openChanges } from '../../operator/changes/open-changes.ts';
import type { Outcomes } from '../../operator/changes/queued-change.ts';
import { CommandError } from '../../operator/command-error.ts';
import { readConfig } from '../../operator/config.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { countOf, grouped } from '../../operator/words.ts';
import { type ConfirmOptions, confirm } from '../terminal/confirm.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { requireCredentials } from '../terminal/missing-credentials.ts';
import { EXIT, say } from '../terminal/output-lines.ts';
import { createStatusLine } from '../terminal/status-line.ts';
import { readChangeFile, STDIN } from './change-source.ts';
import { countsText, exitCodeOf, printChanges, queuedText } from './texts.ts';
import { SENDING_LISTENERS, sayWhoSends, WHEN_INTERRUPTED, waitForOutcomes } from './wait.ts';

export interface PushCommandOptions extends CommonOptions, ConfirmOptions {
  /** Wait for the outcomes. With `--embedded` the command always waits, because it sends the changes itself. */
  readonly wait?: boolean;
}

/** `procurios-sync push [FILE]`: queues changes from JSON Lines. */
export async function push(file: string | undefined, options: PushCommandOptions): Promise<number> {
  const config = await readConfig(options);
  const changes = await readChanges(file, config, options);
  if (changes.length === 0) {
    say('there are no changes to queue');
    // With --embedded an empty file still sends what an earlier command left on the queue.
    if (!options.embedded) return EXIT.done;
  }
  const { host } = new URL(config.host);
  const what = changes.length === 0 ? 'the changes on the queue' : countOf(changes.length, 'change');
  await confirm(`Send ${what} to ${host} (environment ${config.environment})?`, options);

  await requireCredentials(config, options);
  await using session = await openSession(config, options);
  using interrupt = onInterrupt(WHEN_INTERRUPTED, () => {});
  await using access = await openChanges(session, interrupt.signal, SENDING_LISTENERS);
  sayWhoSends(access);
  const enqueued = await enqueueAll(changes, access, interrupt.signal);
  const { queued, failure } = enqueued;
  const isWhole = queued.length === changes.length;
  const isAwaited = isWhole && (options.wait || access.embedded !== undefined);
  const outcomes = isAwaited ? await waitForOutcomes(queued, access, interrupt.signal) : undefined;

  printChanges(queued, outcomes, options);
  conclude(enqueued, changes, outcomes, options);
  if (failure !== undefined) throw failure.error;
  return exitCodeOf(isWhole, outcomes, interrupt.signal);
}

async function readChanges(
  file: string | undefined,
  config: Config,
  { yes }: ConfirmOptions,
): Promise<FiledChange[]> {
  if (Object.keys(config).length === 0) {
    throw new SyncError('CONFIG_INVALID', 'the config has no operations: add one to send changes with');
  }
  const isStdin = file === undefined || file === STDIN;
  if (file === undefined && process.stdin.isTTY) {
    throw new CommandError('USAGE', 'name a file of changes, or - to read them from stdin');
  }
  if (isStdin && !yes) {
    throw new CommandError(
      'USAGE',
      'stdin holds the changes, so it cannot answer a question: add --yes, or name a file',
    );
  }
  return parseChangeLines(await readChangeFile(file ?? STDIN), config);
}

async function enqueueAll(
  changes: readonly FiledChange[],
  { queue }: ChangeAccess,
  signal: AbortSignal,
): Promise<Enqueued> {
  // Fails if the queue is missing, before any change is sent.
  await queue.find();
  using status = createStatusLine();
  const total = grouped(changes.length);
  return await enqueue(changes, queue, {
    signal,
    onProgress: (queued) => status.show(`queueing changes: ${grouped(queued)}/${total}`),
  });
}

/** Says how queueing ended, or what the outcomes are. */
function conclude(
  { queued, reason, failure }: Enqueued,
  changes: readonly FiledChange[],
  outcomes: Outcomes | undefined,
  options: CommonOptions,
): void {
  const flags = flagsOf(options);
  if (queued.length < changes.length) {
    const why = reason ? `: ${reason}` : '';
    say(`${grouped(queued.length)} of ${countOf(changes.length, 'change')} queued${why}`);
    if (queued.length > 0) say('push those that are missing above again, and only those');
    for (const { line, change } of failure?.batch ?? [])
      say(`  perhaps queued: line ${line}; push it again with "changeId": "${change.changeId}"`);
  } else if (outcomes === undefined) {
    say(queuedText(queued.length, flags));
  } else {
    if (outcomes.size > 0) {
      say(`${countsText(outcomes)}; for more: npx procurios-sync changes show ID${flags}`);
    }
    if (options.embedded && [...outcomes.values()].some(({ isFinal }) => !isFinal))
      say('some changes are still on the queue; the next push sends them, also one of an empty file');
  }
}
