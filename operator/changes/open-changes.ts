import { type ChangeQueue, createChangeQueue } from '../../lambda/aws/queue/change-queue.ts';
import { createLedger, type Ledger } from '../../lambda/aws/state/ledger.ts';
import { createStateTable } from '../../lambda/aws/state/state-table.ts';
import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { changeQueueName, stateTableName } from '../../lambda/deployment/names.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import type { EventSource } from '../../local/endpoints/event-source.ts';
import { createQueues } from '../../local/endpoints/queues.ts';
import { CommandError } from '../command-error.ts';
import type { Session } from '../session.ts';
import { printable, shortened } from '../words.ts';
import { startEmbeddedPush } from './embedded-push.ts';

/** The ledger and the queue of the config's environment. */
export interface ChangeAccess extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly queue: ChangeQueue;
  /** What empties the embedded queue, in this process; undefined: a function in AWS does. */
  readonly embedded: EventSource | undefined;
}

/**
 * Opens the ledger and the queue. With `--embedded`, what is on the queue begins to be sent: also what an earlier command
 * left there.
 *
 * @param stop - Aborts when nothing more is to be sent by this process; an attempt under way is brought to its end.
 */
export async function openChanges(
  config: Config,
  session: Session,
  stop: AbortSignal,
): Promise<ChangeAccess> {
  const ledger = openLedger(config, session);
  const client = session.sqs;
  if (!session.isAlone) {
    const queueName = changeQueueName(config.environment);
    const queue = createChangeQueue({ client, queueName, clock: systemClock });
    return { ledger, queue, embedded: undefined, async [Symbol.asyncDispose]() {} };
  }
  const { changes: queueUrl } = await createQueues(client, config);
  const queue = createChangeQueue({ client, queueUrl, clock: systemClock });
  const embedded = startEmbeddedPush(config, session, queue, queueUrl, stop);
  return { ledger, queue, embedded, [Symbol.asyncDispose]: () => embedded.close() };
}

/** The ledger alone. */
export function openLedger({ environment }: Config, { dynamoDb }: Session): Ledger {
  return createLedger(createStateTable(dynamoDb, stateTableName(environment)));
}

/** As SQS allows. */
const LONGEST_ID = 128;

/** @throws {CommandError} `NOT_FOUND`. */
export async function readEntry(ledger: Ledger, changeId: string): Promise<LedgerEntry> {
  // A longer id fits neither the ledger nor the terminal.
  const entry = changeId.length <= LONGEST_ID ? await ledger.read(changeId) : undefined;
  if (entry === undefined)
    throw new CommandError(
      'NOT_FOUND',
      `the ledger has no change ${shortened(printable(changeId), LONGEST_ID)}`,
    );
  return entry;
}
