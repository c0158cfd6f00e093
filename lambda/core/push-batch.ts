import { type Change, contentHashOf, type Operations, parseChange, problemText } from './change.ts';
import type { Clock } from './clock.ts';
import { SyncError } from './errors.ts';
import {
  type Delivery,
  type Fate,
  judgeDelivery,
  judgeReply,
  LONGEST_ATTEMPT_MS,
  LONGEST_HIDING_MS,
  type Reply,
} from './fate.ts';
import { stringifyJson } from './json.ts';
import {
  begunAttempts,
  endedAttempts,
  expiryFrom,
  type LedgerEntry,
  newEntry,
  rejectedMessage,
  withOutcome,
} from './ledger-entry.ts';
import type { Operation } from './operation.ts';

/** A message of the queue. */
export interface Message {
  readonly messageId: string;
  /** The message group: the change's subject. */
  readonly group: string;
  /** What the queue knows this delivery by. */
  readonly receiptHandle: string;
  readonly text: string;
}

/** The ledger, as sending needs it. */
export interface LedgerPort {
  read(changeId: string): Promise<LedgerEntry | undefined>;
  /**
   * Writes an entry if the ledger still holds the version that it follows.
   *
   * @returns False if somebody else was faster; nothing is written then.
   */
  write(entry: LedgerEntry): Promise<boolean>;
}

/** Everything outside a batch. */
export interface PushPorts {
  readonly clock: Clock;
  readonly operations: Operations;
  readonly ledger: LedgerPort;
  /** Everything that the vendor's schema or its own check finds wrong with the change. */
  check(operation: Operation, change: Change): Promise<readonly string[]>;
  /** Sends the change, once. */
  send(operation: Operation, change: Change): Promise<Reply>;
  /** Hides a message from everyone for that long. */
  hide(message: Message, ms: number): Promise<void>;
  /** Told of every outcome that was written. */
  onOutcome(entry: LedgerEntry): void;
  /** Told of what kept a message from being handled; it goes back to the queue. */
  onFailure(message: Message, error: unknown): void;
}

/** Times that somebody else may be faster at the ledger before the message goes back. */
const MOST_RACES = 5;

/**
 * Handles a batch of the queue: groups side by side, the messages of a group one after the other.
 *
 * A message that goes back takes the later ones of its group with it, hidden as long, so that their order stays.
 *
 * @returns The ids of the messages that go back.
 */
export async function pushBatch(messages: readonly Message[], ports: PushPorts): Promise<string[]> {
  const groups = Map.groupBy(messages, ({ group }) => group).values();
  const handedBack = await Promise.all([...groups].map((group) => pushGroup(group, ports)));
  return handedBack.flat();
}

async function pushGroup(messages: readonly Message[], ports: PushPorts): Promise<string[]> {
  for (const [index, message] of messages.entries()) {
    const left = messages.slice(index);
    try {
      const untilMs = await pushMessage(message, ports);
      if (untilMs === undefined) continue;
      const ms = Math.min(LONGEST_HIDING_MS, Math.max(0, untilMs - ports.clock.now()));
      await Promise.all(left.map((each) => ports.hide(each, ms)));
    } catch (error) {
      ports.onFailure(message, error);
    }
    return left.map(({ messageId }) => messageId);
  }
  return [];
}

/** @returns When the message is to be delivered again, in milliseconds since the epoch; undefined: it is done. */
async function pushMessage(message: Message, ports: PushPorts): Promise<number | undefined> {
  const checked = parseChange(message.text, ports.operations);
  if ('problems' in checked) {
    const errors = checked.problems.map(problemText);
    await rejectMessage(message, checked.changeId, errors, ports);
    return undefined;
  }
  const { change } = checked;
  const operation = ports.operations[change.operation] as Operation;
  const contentHash = contentHashOf(change);
  for (let race = 0; race < MOST_RACES; race += 1) {
    const entry = await ports.ledger.read(change.changeId);
    const delivery = judgeDelivery(entry, contentHash, operation, ports.clock.now());
    const bodyText = change.body === undefined ? undefined : stringifyJson(change.body);
    const known = entry ?? newEntry(change, { contentHash, bodyText, clock: ports.clock });
    const handled = await carryOut(delivery, message, change, operation, known, ports);
    if (handled !== 'raced') return handled.untilMs;
  }
  throw new SyncError(
    'STORE_UNAVAILABLE',
    `change ${change.changeId}: others kept writing to its entry in the ledger`,
  );
}

type Handled = 'raced' | { readonly untilMs: number | undefined };
const DONE: Handled = { untilMs: undefined };

async function carryOut(
  delivery: Delivery,
  message: Message,
  change: Change,
  operation: Operation,
  entry: LedgerEntry,
  ports: PushPorts,
): Promise<Handled> {
  switch (delivery.do) {
    case 'nothing':
      return DONE;
    case 'handBack':
      return { untilMs: delivery.untilMs };
    case 'refuse':
      await rejectMessage(message, change.changeId, ['changeId: was used for another change before'], ports);
      return DONE;
    case 'giveUp':
      return await conclude(
        entry,
        { outcome: 'unknown', reason: delivery.reason, mayBeApplied: true, errors: [], ids: {} },
        ports,
      );
    case 'hold':
      return await conclude(
        entry,
        { outcome: 'waiting', reason: delivery.reason, errors: [], ids: {} },
        ports,
      );
    case 'send':
      return await attempt(change, operation, entry, ports);
  }
}

/** One attempt: noted before, sent, its outcome noted after. */
async function attempt(
  change: Change,
  operation: Operation,
  entry: LedgerEntry,
  ports: PushPorts,
): Promise<Handled> {
  const { clock, ledger } = ports;
  const refused = await checkFirst(change, operation, entry, ports);
  if (refused !== undefined) return await conclude(entry, refused, ports);

  const now = clock.now();
  const sending = withOutcome(entry, clock, {
    outcome: 'sending',
    attempt: entry.attempt + 1,
    until: now + LONGEST_ATTEMPT_MS,
    attempts: begunAttempts(entry, now),
    // Should we die now, whoever finds the entry must not take it for untouched.
    mayBeApplied: true,
  });
  if (!(await ledger.write(sending))) return 'raced';
  const reply = await ports.send(operation, change);
  const fate = judgeReply(reply, operation, { ...sending, mayBeApplied: entry.mayBeApplied }, clock.now());
  const mayBeApplied = fate.mayBeApplied ?? entry.mayBeApplied;
  return await conclude(sending, { ...fate, mayBeApplied }, ports);
}

/** What the vendor's schema says of a change before it is sent; undefined: nothing against it. */
async function checkFirst(
  change: Change,
  operation: Operation,
  entry: LedgerEntry,
  ports: PushPorts,
): Promise<Fate | undefined> {
  try {
    const errors = await ports.check(operation, change);
    return errors.length === 0
      ? undefined
      : { outcome: 'rejected', errors, ids: {}, reason: 'it does not fit what Procurios takes' };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const reply: Reply = {
      kind: 'notSent',
      reason: `${error.code} ${error.message}`,
      ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    };
    return judgeReply(reply, operation, entry, ports.clock.now());
  }
}

/** Notes what became of a change. */
async function conclude(
  entry: LedgerEntry,
  fate: Partial<LedgerEntry> & Fate,
  ports: PushPorts,
): Promise<Handled> {
  const { body, ...withoutBody } = entry;
  const isAccepted = fate.outcome === 'accepted';
  const result = `${fate.outcome}${fate.status === undefined ? '' : `, status ${fate.status}`}${fate.reason === undefined ? '' : `: ${fate.reason}`}`;
  const concluded = withOutcome(isAccepted ? withoutBody : entry, ports.clock, {
    ...fate,
    attempts: entry.outcome === 'sending' ? endedAttempts(entry.attempts, result) : entry.attempts,
    ...(isAccepted && { _expiresAt: expiryFrom(ports.clock.now()) }),
  });
  if (!(await ports.ledger.write(concluded))) return 'raced';
  ports.onOutcome(concluded);
  return { untilMs: concluded.notBefore };
}

/** Keeps what is no change, or one whose id is taken, under the message's own id. */
async function rejectMessage(
  { messageId, text }: Message,
  changeId: string | undefined,
  errors: readonly string[],
  { clock, ledger, onOutcome }: PushPorts,
): Promise<void> {
  const entry = rejectedMessage({ messageId, text, changeId, errors, nowMs: clock.now() });
  // Delivered twice, it is in the ledger already.
  if (await ledger.write(entry)) onOutcome(entry);
}
