import type { Clock } from '../clock.ts';
import { SyncError } from '../errors.ts';
import { stringifyJson } from '../json.ts';
import {
  type Change,
  type Checked,
  contentHashOf,
  type Operations,
  parseChange,
  problemText,
} from './change.ts';
import {
  type Delivery,
  type Fate,
  judgeDelivery,
  judgeReply,
  LONGEST_ATTEMPT_MS,
  LONGEST_HIDING_MS,
  pauseMsAfter,
  type Receipt,
} from './fate.ts';
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
import type { ChangeReply, NotSent } from './reply.ts';

/** A message of the queue. */
export interface Message extends Receipt {
  readonly messageId: string;
  /** The message group, which has to be the change's subject. */
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
  /** How long the ledger keeps what needs nobody any more. */
  readonly retentionDays: number;
  /**
   * Everything that the vendor's schema or its own check finds wrong with the change.
   *
   * @throws Its reason, once `stop` aborts.
   */
  check(operation: Operation, change: Change, stop: AbortSignal): Promise<readonly string[]>;
  /**
   * Sends the change, once.
   *
   * @param bounds - `endMs`: when nothing of it may be in flight any more, in milliseconds since the epoch. `stop`: once
   * it aborts, it is not begun; what is begun goes on to its end.
   */
  send(
    operation: Operation,
    change: Change,
    bounds: { endMs: number; stop: AbortSignal },
  ): Promise<ChangeReply>;
  /** Hides a message from everyone for that long. */
  hide(message: Message, ms: number): Promise<void>;
  /** Told of every outcome that was written. */
  onOutcome(entry: LedgerEntry): void;
  /** Told of what kept a message from being handled; it goes back to the queue. */
  onFailure(message: Message, error: unknown): void;
}

/** Times that somebody else may be faster at the ledger before the message goes back. */
const MOST_RACES = 5;
/** What is left of an attempt for noting its outcome: 20 seconds. */
const NOTING_MS = 20_000;

/**
 * Handles a batch of the queue: groups side by side, the messages of a group one after the other.
 *
 * A message that goes back takes the later ones of its group with it, hidden as long, so that their order stays. What
 * goes back has an entry in the ledger.
 *
 * @param stop - Aborts when no attempt may be begun any more: what is left goes back, to be delivered again at once.
 * @returns The ids of the messages that go back.
 */
export async function pushBatch(
  messages: readonly Message[],
  ports: PushPorts,
  stop: AbortSignal,
): Promise<string[]> {
  const groups = Map.groupBy(messages, ({ group }) => group).values();
  const handedBack = await Promise.all([...groups].map((group) => pushGroup(group, ports, stop)));
  return handedBack.flat();
}

async function pushGroup(
  messages: readonly Message[],
  ports: PushPorts,
  stop: AbortSignal,
): Promise<string[]> {
  for (const [index, message] of messages.entries()) {
    const left = messages.slice(index);
    try {
      const untilMs = stop.aborted ? 0 : await pushMessage(message, ports, stop);
      if (untilMs === undefined) continue;
      await handBack(left, untilMs - ports.clock.now(), ports);
    } catch (error) {
      ports.onFailure(message, error);
      // What failed was perhaps the ledger or the queue, so this may fail as well: it is said already.
      await handBack(left, pauseMsAfter(message), ports).catch(() => {});
    }
    return left.map(({ messageId }) => messageId);
  }
  return [];
}

/** Hides messages that go back, and sees to it that the ledger knows of each. */
async function handBack(messages: readonly Message[], ms: number, ports: PushPorts): Promise<void> {
  const hidingMs = Math.min(LONGEST_HIDING_MS, Math.max(0, ms));
  const done = await Promise.allSettled(
    messages.flatMap((message) => [ports.hide(message, hidingMs), noteQueued(message, ports)]),
  );
  for (const each of done) if (each.status === 'rejected') throw each.reason;
}

/** Has the ledger know a change before its turn has come. What is no change gets its entry in its turn. */
async function noteQueued(message: Message, { ledger, operations }: PushPorts): Promise<void> {
  const checked = checkMessage(message, operations);
  if ('problems' in checked || (await ledger.read(checked.change.changeId)) !== undefined) return;
  // If somebody else is faster, it is known as well.
  await ledger.write({ ...entryFor(checked.change, message), version: 1 });
}

/** The change in a message, or everything that keeps it from being one. */
function checkMessage({ text, group }: Message, operations: Operations): Checked {
  const checked = parseChange(text, operations);
  if ('problems' in checked || checked.change.subject === group) return checked;
  // The queue keeps the order of groups: that of the subject would be left to chance.
  const problem = { path: 'subject', expected: 'the same as the message group of its message' };
  return { problems: [problem], changeId: checked.change.changeId };
}

function entryFor(change: Change, { sentMs }: Message): LedgerEntry {
  return newEntry(change, {
    contentHash: contentHashOf(change),
    bodyText: change.body === undefined ? undefined : stringifyJson(change.body),
    queuedMs: sentMs,
  });
}

/** A change with everything that sending it takes. */
interface Sending {
  readonly message: Message;
  readonly change: Change;
  readonly operation: Operation;
  readonly stop: AbortSignal;
  readonly ports: PushPorts;
}

/** @returns When the message is to be delivered again, in milliseconds since the epoch; undefined: it is done. */
async function pushMessage(
  message: Message,
  ports: PushPorts,
  stop: AbortSignal,
): Promise<number | undefined> {
  const checked = checkMessage(message, ports.operations);
  if ('problems' in checked) {
    const errors = checked.problems.map(problemText);
    await rejectMessage(message, checked.changeId, errors, ports);
    return undefined;
  }
  const { change } = checked;
  const operation = ports.operations[change.operation] as Operation;
  const sending = { message, change, operation, stop, ports };
  for (let race = 0; race < MOST_RACES; race += 1) {
    // Received for the first time it is most likely unknown to the ledger: if not, the first write fails, and all is
    // read then.
    const isNew = message.receives === 1 && race === 0;
    const entry = isNew ? undefined : await ports.ledger.read(change.changeId);
    const delivery = judgeDelivery(entry, contentHashOf(change), operation, message, ports.clock.now());
    const handled = await carryOut(delivery, entry ?? entryFor(change, message), sending);
    if (handled !== 'raced') return handled.untilMs;
  }
  throw new SyncError(
    'STORE_UNAVAILABLE',
    `change ${change.changeId}: others kept writing to its entry in the ledger`,
  );
}

type Handled = 'raced' | { readonly untilMs: number | undefined };
const DONE: Handled = { untilMs: undefined };

async function carryOut(delivery: Delivery, entry: LedgerEntry, sending: Sending): Promise<Handled> {
  const { message, change, ports } = sending;
  const nothing = { errors: [], ids: {} };
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
        { ...nothing, outcome: 'unknown', reason: delivery.reason, mayBeApplied: true },
        ports,
      );
    case 'hold':
      return await conclude(entry, { ...nothing, outcome: 'waiting', reason: delivery.reason }, ports);
    case 'send':
      return await attempt(entry, sending);
  }
}

/** One attempt: noted before, sent, its outcome noted after. */
async function attempt(entry: LedgerEntry, sending: Sending): Promise<Handled> {
  const { message, change, operation, stop, ports } = sending;
  const { clock, ledger } = ports;
  const refused = await checkFirst(entry, sending);
  if (stop.aborted) return { untilMs: 0 };
  if (refused !== undefined) return await conclude(entry, refused, ports);

  const now = clock.now();
  const until = now + LONGEST_ATTEMPT_MS;
  const begun = withOutcome(entry, clock, {
    outcome: 'sending',
    attempt: entry.attempt + 1,
    until,
    attempts: begunAttempts(entry, now),
    lostReplies: entry.lostReplies + (entry.outcome === 'sending' ? 1 : 0),
    // Should we die now, whoever finds the entry must not take it for untouched.
    mayBeApplied: true,
  });
  if (!(await ledger.write(begun))) return 'raced';
  const reply = await ports.send(operation, change, { endMs: until - NOTING_MS, stop });
  const { mayBeApplied } = entry;
  const fate = {
    mayBeApplied,
    ...judgeReply(reply, operation, { ...begun, mayBeApplied }, message, clock.now()),
  };
  const handled = await conclude(begun, fate, ports);
  return handled === 'raced' ? await concludeLate(begun, fate, ports) : handled;
}

/**
 * Notes the outcome of an attempt that somebody found past its time meanwhile. Where they noted it as unknown, what is
 * known is worth more; the message has left the queue by then, so what was not handled waits for a person.
 */
async function concludeLate(
  begun: LedgerEntry,
  { notBefore: _notBefore, ...fate }: Partial<LedgerEntry> & Fate,
  ports: PushPorts,
): Promise<Handled> {
  const held = await ports.ledger.read(begun.changeId);
  const isOurs = held?.outcome === 'unknown' && held.attempt === begun.attempt && held.note === undefined;
  if (!isOurs || fate.outcome === 'unknown') return 'raced';
  return await conclude({ ...begun, version: held.version }, fate, ports);
}

/** What the vendor's schema says of a change before it is sent; undefined: nothing against it, or it was stopped. */
async function checkFirst(
  entry: LedgerEntry,
  { message, change, operation, stop, ports }: Sending,
): Promise<Fate | undefined> {
  try {
    const errors = await ports.check(operation, change, stop);
    return errors.length === 0
      ? undefined
      : { outcome: 'rejected', errors, ids: {}, reason: 'it does not fit what Procurios takes' };
  } catch (error) {
    if (stop.aborted) return undefined;
    if (!(error instanceof SyncError)) throw error;
    const reply: NotSent = {
      kind: 'notSent',
      reason: `${error.code} ${error.message}`,
      code: error.code,
      ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    };
    return judgeReply(reply, operation, entry, message, ports.clock.now());
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
    ...(isAccepted && { _expiresAt: expiryFrom(ports.clock.now(), ports.retentionDays) }),
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
  { clock, ledger, retentionDays, onOutcome }: PushPorts,
): Promise<void> {
  const nowMs = clock.now();
  const entry = rejectedMessage({ messageId, text, changeId, errors, nowMs, retentionDays });
  // Delivered twice, it is in the ledger already.
  if (await ledger.write(entry)) onOutcome(entry);
}
