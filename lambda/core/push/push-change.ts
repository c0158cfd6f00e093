import { SyncError } from '../errors.ts';
import { type Change, contentHashOf, parseMessage, problemText, type Refused } from './change.ts';
import { judgeDelivery, judgeFailedCheck, judgeReply, refuse } from './decisions.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { Operation } from './operation.ts';
import type { Message, PushPorts } from './ports.ts';
import type { NotSent } from './reply.ts';
import {
  begin,
  type Conclusion,
  conclude,
  concludeLate,
  hold,
  isKept,
  newEntry,
  rejectMessage,
} from './transitions.ts';

/** Times that another function may write to the entry first, before the message goes back. */
const MOST_RACES = 5;
/** The part of an attempt's time that is kept for writing its outcome. */
const CONCLUDING_MS = 20_000;

/** A change and everything that sending it takes. */
interface Sending {
  readonly message: Message;
  readonly change: Change;
  readonly operation: Operation;
  readonly stop: AbortSignal;
  readonly ports: PushPorts;
}

/** When SQS delivers the message again, in milliseconds since the epoch; undefined if the message leaves the queue. */
type AgainAt = { readonly againAtMs: number | undefined };
/** Another function wrote to the entry first, so the entry has to be read again. */
type Raced = 'raced';

const DONE: AgainAt = { againAtMs: undefined };

/**
 * Takes the change in a message as far as it goes now: read → decide → begin → send → conclude.
 *
 * @returns When SQS is to deliver the message again, in milliseconds since the epoch; undefined if it leaves the queue.
 * @throws {SyncError} `STORE_*`, and unexpected errors. The message must then go back to the queue.
 */
export async function pushChange(
  message: Message,
  ports: PushPorts,
  stop: AbortSignal,
): Promise<number | undefined> {
  const parsed = parseMessage(message, ports.operations);
  if ('problems' in parsed) {
    await writeRejected(message, parsed, parsed.problems.map(problemText), ports);
    return undefined;
  }
  const { change } = parsed;
  const operation = ports.operations[change.operation] as Operation;
  const sending = { message, change, operation, stop, ports };
  // A change that is delivered for the first time is most likely not in the ledger. If it is, the first write is refused.
  let mayBeKnown = message.receives > 1;
  for (let race = 0; race < MOST_RACES; race += 1) {
    const result = await readAndDecide(sending, mayBeKnown);
    if (result !== 'raced') return result.againAtMs;
    mayBeKnown = true;
  }
  throw new SyncError(
    'STORE_UNAVAILABLE',
    `change ${change.changeId}: other functions kept writing to its entry in the ledger; it is delivered again`,
  );
}

async function readAndDecide(sending: Sending, mayBeKnown: boolean): Promise<AgainAt | Raced> {
  const { message, change, operation, ports } = sending;
  const found = mayBeKnown ? await ports.ledger.read(change.changeId) : undefined;
  const entry = found ?? newEntry(change, message.sentMs);
  const nowMs = ports.clock.now();
  const decision = judgeDelivery(found, contentHashOf(change), operation, message, nowMs);
  switch (decision.do) {
    case 'nothing':
      return DONE;
    case 'handBack':
      return { againAtMs: decision.untilMs };
    case 'refuse':
      await writeRejected(message, change, ['changeId: was used for another change before'], ports);
      return DONE;
    case 'hold':
      return await writeOutcome(hold(entry, decision.reason, nowMs, ports), ports);
    case 'send':
      return await attempt(entry, sending);
  }
}

/** One attempt. The ledger says `sending` before the request and the outcome after it. */
async function attempt(found: LedgerEntry, sending: Sending): Promise<AgainAt | Raced> {
  const { message, change, operation, stop, ports } = sending;
  const { clock, ledger } = ports;
  const entry = isChecked(change, operation) ? await entered(found, ports) : found;
  if (entry === 'raced') return 'raced';
  const check = await runBodyChecks(entry, sending);
  if (stop.aborted) return { againAtMs: 0 };
  if (check.refusal !== undefined) {
    return await writeOutcome(conclude(entry, check.refusal, clock.now(), ports), ports);
  }

  const begun = begin(entry, check.unchecked, clock.now());
  if (!(await ledger.write(begun))) return 'raced';
  const reply = await ports.send(operation, change, { endMs: begun.until - CONCLUDING_MS, stop });
  const before = { mayBeApplied: entry.mayBeApplied, lostReplies: begun.lostReplies };
  const conclusion = judgeReply(reply, operation, before, message, clock.now());
  const result = await writeOutcome(conclude(begun, conclusion, clock.now(), ports), ports);
  return result === 'raced' ? await writeLate(begun, conclusion, ports) : result;
}

/** Writes the entry if the ledger does not have it yet, so that the ledger has every change before it is checked. */
async function entered(entry: LedgerEntry, { ledger }: PushPorts): Promise<LedgerEntry | Raced> {
  if (entry.version > 0) return entry;
  const first = { ...entry, version: 1 };
  return (await ledger.write(first)) ? first : 'raced';
}

function isChecked({ body }: Change, { schemaPath, validatePath }: Operation): boolean {
  return body !== undefined && (schemaPath !== undefined || validatePath !== undefined);
}

/** What the checks before sending say. */
interface Check {
  /** The conclusion if the change is not sent; undefined if it may be sent, or if the push was stopped. */
  readonly refusal?: Conclusion | undefined;
  /** Why the change is sent unchecked; undefined if it was checked. */
  readonly unchecked?: string | undefined;
}

/** Checks the change's body before it is sent. */
async function runBodyChecks(
  entry: LedgerEntry,
  { message, change, operation, stop, ports }: Sending,
): Promise<Check> {
  if (!isChecked(change, operation)) return {};
  try {
    const { problems, unchecked } = await ports.check(operation, change, stop);
    if (problems.length === 0) return { unchecked };
    const reason = "it does not pass Procurios' own schema or check";
    return { refusal: refuse(entry, { reason, errors: problems }) };
  } catch (error) {
    if (stop.aborted) return {};
    if (!(error instanceof SyncError)) throw error;
    const { code, message: text, retryAfterMs } = error;
    const pause = retryAfterMs !== undefined && { retryAfterMs };
    const failed: NotSent = { kind: 'notSent', reason: `${code} ${text}`, code, ...pause };
    const refusal = judgeFailedCheck(failed, operation, entry, message, ports.clock.now());
    return { refusal, unchecked: failed.reason };
  }
}

async function writeOutcome(entry: LedgerEntry, { ledger, onOutcome }: PushPorts): Promise<AgainAt | Raced> {
  if (!(await ledger.write(entry))) return 'raced';
  onOutcome(entry);
  return { againAtMs: entry.notBefore };
}

/** Writes the outcome of an attempt that another function has found past its deadline. */
async function writeLate(
  begun: LedgerEntry,
  conclusion: Conclusion,
  ports: PushPorts,
): Promise<AgainAt | Raced> {
  const found = await ports.ledger.read(begun.changeId);
  const entry = concludeLate(begun, found, conclusion, ports.clock.now(), ports);
  return entry === undefined ? 'raced' : await writeOutcome(entry, ports);
}

/** Writes the entry of a message that is not a change, or whose change id is taken. */
async function writeRejected(
  message: Message,
  { changeId, subject = message.group || undefined }: Pick<Refused, 'changeId' | 'subject'>,
  errors: readonly string[],
  ports: PushPorts,
): Promise<void> {
  const { clock, ledger, onOutcome } = ports;
  const { messageId, text } = message;
  const entry = rejectMessage({ messageId, text, changeId, subject, errors }, clock.now(), ports);
  // First, because the message leaves the queue once its entry is written.
  if (!isKept(text)) await ports.putAside(message);
  // A message that is delivered again is in the ledger already.
  if (await ledger.write(entry)) onOutcome(entry);
}
