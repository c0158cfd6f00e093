import { randomUUID } from 'node:crypto';
import type { OutgoingChange } from '../../lambda/aws/queue/change-queue.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import {
  type FiledChange,
  parseChangeLines,
  readChangeFile,
  STDIN,
} from '../../operator/changes/change-file.ts';
import { type ChangeAccess, openChanges } from '../../operator/changes/open-changes.ts';
import type { KnownFates, QueuedChange } from '../../operator/changes/queued-change.ts';
import { CommandError } from '../../operator/command-error.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession, readConfig } from '../../operator/session.ts';
import { countOf, grouped } from '../../operator/words.ts';
import { type ConfirmOptions, confirm, requireTerminal } from '../terminal/confirm.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { askForMissingCredentials } from '../terminal/missing-credentials.ts';
import { EXIT, say } from '../terminal/output-lines.ts';
import { createStatusLine } from '../terminal/status-line.ts';
import { countsText, exitCodeOf, printChanges } from './texts.ts';
import { sayWhoSends, WHEN_INTERRUPTED, waitForOutcomes } from './wait.ts';

export interface PushCommandOptions extends CommonOptions, ConfirmOptions {
  /** Wait for the outcomes. With `--embedded` that is always so: nobody else sends the changes. */
  readonly wait?: boolean;
}

/** `procurios-sync push [FILE]`: queues changes from JSON Lines. */
export async function push(file: string | undefined, options: PushCommandOptions): Promise<number> {
  const config = await readConfig(options);
  const changes = await readChanges(file, config, options);
  if (changes.length === 0) {
    say('there are no changes to queue');
    // On this machine nobody else sends what an earlier command left on the queue.
    if (!options.embedded) return EXIT.done;
  }
  const { host } = new URL(config.host);
  const what = changes.length === 0 ? 'what is on the queue' : countOf(changes.length, 'change');
  await confirm(`Send ${what} to ${host} (environment ${config.environment})?`, options);

  await askForMissingCredentials(config, options);
  await using session = await openSession(config, options);
  using interrupt = onInterrupt(WHEN_INTERRUPTED, () => {});
  await using access = await openChanges(config, session, interrupt.signal);
  sayWhoSends(access);
  await access.queue.find();
  const enqueued = await enqueue(changes, access, interrupt.signal);
  const { queued, failure } = enqueued;
  const isWhole = queued.length === changes.length;
  const isAwaited = isWhole && (options.wait || access.embedded !== undefined);
  const fates = isAwaited ? await waitForOutcomes(queued, access, interrupt.signal) : undefined;

  printChanges(queued, fates, options);
  conclude(enqueued, changes, fates, options);
  if (failure !== undefined) throw failure.error;
  return exitCodeOf(isWhole, fates, interrupt.signal);
}

async function readChanges(
  file: string | undefined,
  config: Config,
  { yes }: ConfirmOptions,
): Promise<FiledChange[]> {
  if (Object.keys(config.operations).length === 0) {
    throw new SyncError('CONFIG_INVALID', 'the config has no operations: add one to send changes with');
  }
  const isStdin = file === undefined || file === STDIN;
  if (file === undefined && process.stdin.isTTY) {
    throw new CommandError('USAGE', 'name a file of changes, or - for those typed or piped in');
  }
  if (isStdin && !yes) {
    throw new CommandError('USAGE', 'changes from stdin leave nothing to ask on: add --yes, or name a file');
  }
  if (!yes) requireTerminal();
  return parseChangeLines(await readChangeFile(file ?? STDIN), config.operations);
}

interface Enqueued {
  /** In their order. */
  readonly queued: readonly (FiledChange & QueuedChange)[];
  /** Why the others are not, in words; absent: all are, or it was interrupted. */
  readonly reason?: string;
  /** What was thrown; the batch under way may be queued or not. */
  readonly failure?: { readonly error: unknown; readonly batch: readonly FiledChange[] };
}

/** What one call of SQS takes. */
const BATCH = 10;

/** Queues the changes in their order; once one is not taken, those after it are not tried. */
async function enqueue(
  changes: readonly FiledChange[],
  { queue }: ChangeAccess,
  signal: AbortSignal,
): Promise<Enqueued> {
  using progress = createStatusLine();
  const queued: (FiledChange & QueuedChange)[] = [];
  for (let from = 0; from < changes.length && !signal.aborted; from += BATCH) {
    const batch = changes.slice(from, from + BATCH);
    try {
      const { unqueued, messageIds } = await queue.send(batch.map(outgoing));
      queued.push(
        ...batch.flatMap((filed, index) => {
          const messageId = messageIds.get(index);
          return messageId === undefined ? [] : [{ ...filed, messageId }];
        }),
      );
      const [first] = unqueued;
      if (first !== undefined) return { queued, reason: first.reason };
    } catch (error) {
      return { queued, failure: { error, batch } };
    }
    progress.show(`queueing changes: ${grouped(queued.length)}/${grouped(changes.length)}`);
  }
  return { queued };
}

/**
 * Under an id of its own, so that it arrives however short ago it was queued: the ledger tells better than the queue
 * whether it is to be sent, and only what arrives has an outcome to wait for.
 */
function outgoing({ change, text }: FiledChange): OutgoingChange {
  return { text, group: change.subject, deduplicationId: randomUUID() };
}

/** Says for people how queueing ended, or what became of the changes. */
function conclude(
  { queued, reason, failure }: Enqueued,
  changes: readonly FiledChange[],
  fates: KnownFates,
  options: CommonOptions,
): void {
  const flags = flagsOf(options);
  if (queued.length < changes.length) {
    say(
      `${grouped(queued.length)} of ${countOf(changes.length, 'change')} queued${reason ? `: ${reason}` : ''}`,
    );
    if (queued.length > 0) say('push those that are missing above again, and only those');
    for (const { line, change } of failure?.batch ?? [])
      say(`  perhaps queued: line ${line}; push it again with "changeId": "${change.changeId}"`);
  } else if (fates === undefined) {
    say(
      `${countOf(queued.length, 'change')} queued; npx procurios-sync changes list${flags} tells what becomes of them`,
    );
  } else {
    if (fates.size > 0) say(`${countsText(fates)}; more with npx procurios-sync changes show ID${flags}`);
    if (options.embedded && [...fates.values()].some(({ isFinal }) => !isFinal))
      say('the next push sends what is left; with an empty file, nothing else');
  }
}
