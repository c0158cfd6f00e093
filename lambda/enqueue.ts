import { createDynamoDb, createSqs } from './aws/clients.ts';
import { createChangeQueue } from './aws/queue/change-queue.ts';
import { createLedger } from './aws/state/ledger.ts';
import { createStateTable } from './aws/state/state-table.ts';
import { SyncError } from './core/errors.ts';
import type { Json } from './core/json.ts';
import { deduplicationIdOf, problemText } from './core/push/change.ts';
import { type ChangeEvent, checkEvent, detailOf } from './core/push/change-event.ts';
import { isKept, rejectMessage } from './core/push/transitions.ts';
import { readBundledConfig } from './deployment/bundled-config.ts';
import { changeQueueName, stateTableName } from './deployment/names.ts';
import { systemClock } from './runtime/clock.ts';
import { createLog } from './runtime/log.ts';
import { createMetrics } from './runtime/metrics.ts';

const config = readBundledConfig(import.meta.url, process.env.PROCURIOS_HOST);
const log = createLog();
const metrics = createMetrics(config.environment);
const queue = createChangeQueue({
  client: createSqs(),
  queueName: changeQueueName(config.environment),
  clock: systemClock,
});
const ledger = createLedger(createStateTable(createDynamoDb(), stateTableName(config.environment)));

/**
 * Puts the change in an event on the queue. An event that is not a change gets a rejected entry in the ledger, under its id.
 *
 * @throws {SyncError} `STORE_*`: Lambda then delivers the event again. `CHANGE_INVALID`: the event is not a change, and too large
 * for the ledger.
 */
export async function handler(event: ChangeEvent): Promise<void> {
  const change = detailOf(event);
  const retentionDays = config.ledgerRetentionDays;
  const checked = checkEvent(event, config.operations, { retentionDays, nowMs: systemClock.now() });
  if ('problems' in checked) {
    const errors = checked.problems.map(problemText);
    await reject({ messageId: event.id, text: textOf(change), ...checked, errors });
    return;
  }
  const { changeId, subject } = checked.change;
  const { unqueued } = await queue.send([
    { text: JSON.stringify(change), group: subject, deduplicationId: deduplicationIdOf(checked.change) },
  ]);
  const [failed] = unqueued;
  if (failed !== undefined) throw new SyncError('STORE_UNAVAILABLE', `change ${changeId}: ${failed.reason}`);
  log.info('change queued', { changeId, subject, operation: checked.change.operation });
}

/** @throws {SyncError} `CHANGE_INVALID` if the ledger cannot keep the event. Lambda then puts it on the dead-letter queue. */
async function reject(message: Parameters<typeof rejectMessage>[0]): Promise<void> {
  const { messageId, changeId, text } = message;
  const entry = rejectMessage(message, systemClock.now(), { retentionDays: config.ledgerRetentionDays });
  // An event that is delivered again is in the ledger already.
  if (await ledger.write(entry)) {
    log.warn('event is not a change', { event: messageId, changeId });
    metrics.count({ messagesRejected: 1 });
  }
  if (!isKept(text)) throw new SyncError('CHANGE_INVALID', `event ${messageId} is too large for the ledger`);
}

/** @returns Undefined if the change is nested thousands of levels deep, because `JSON.stringify` then exhausts the stack. */
function textOf(change: Json): string | undefined {
  try {
    return JSON.stringify(change);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}
