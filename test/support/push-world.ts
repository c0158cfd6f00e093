import type { Clock } from '../../lambda/core/clock.ts';
import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import type { Operation } from '../../lambda/core/push/operation.ts';
import type { BodyCheck, Message, PushPorts } from '../../lambda/core/push/ports.ts';
import { pushBatch } from '../../lambda/core/push/push-batch.ts';
import type { ChangeReply } from '../../lambda/core/push/reply.ts';

export function operationOf(overrides: Partial<Operation> = {}): Operation {
  return {
    name: 'register',
    method: 'POST',
    path: '/l/things_api/thing',
    mediaType: 'application/vnd.procurios.things+json; version=1',
    repeatable: false,
    ids: {},
    ...overrides,
  };
}

/** A change to queue. All of it may be wrong, except the two fields by which the queue works. */
interface QueuedChange {
  readonly changeId?: string;
  readonly subject?: string;
  readonly [field: string]: unknown;
}

/** The queue's `maxReceiveCount`. */
const MOST_RECEIPTS = 1_000;
const NEVER = new AbortController().signal;

/** The death of a process: nothing happens after it. */
export class Crash extends Error {}

/** How a call to the outside fails. */
export type Injection = (typeof INJECTIONS)[number];
export const INJECTIONS = ['crashBefore', 'crashAfter', 'error', 'lostReply', 'timeout'] as const;

/**
 * A ledger, a queue and an API in memory. Every call to them is numbered, so that a test can make each fail in each way.
 *
 * The queue keeps the rules of SQS FIFO: it delivers a group in order, and not while one of its messages is in flight or hidden.
 */
export class PushWorld {
  readonly ledger = new Map<string, LedgerEntry>();
  /** Change ids in the order in which the API applied them. */
  readonly applied: string[] = [];
  readonly operations: Record<string, Operation>;
  readonly clock: Clock & { time: number };
  answer: (message: string, attempt: number) => ChangeReply = () => ACCEPTED;
  /** The findings of the vendor's schema and check. */
  check: () => Promise<Partial<BodyCheck>> = async () => ({});
  /** Called while a change is being sent. */
  whileSending: (changeId: string) => void = () => {};
  /** Ids of the messages that were received 1,000 times and not handled, or that the ledger cannot keep. */
  readonly deadLetters: string[] = [];
  calls = 0;
  injections = new Map<number, Injection>();
  #messages: (Message & { visibleAt: number; receives: number })[] = [];
  #sent = 0;
  #sends = new Map<string, number>();

  constructor(operations: Record<string, Operation> = { register: operationOf() }) {
    this.operations = operations;
    const clock = { time: Date.parse('2026-11-24T04:00:00Z'), now: () => clock.time, sleep: async () => {} };
    this.clock = clock;
  }

  /** @param more - Fields of the message that differ from the usual ones. */
  queue(change: QueuedChange, text = JSON.stringify(change), more: Partial<Message> = {}): void {
    this.#sent += 1;
    const messageId = `message-${this.#sent}-${change.changeId}`;
    const group = change.subject ?? 'none';
    const message = { messageId, group, receiptHandle: messageId, text, sentMs: this.clock.time };
    this.#messages.push({ ...message, ...more, visibleAt: 0, receives: 0 });
  }

  get queued(): number {
    return this.#messages.length;
  }

  /** Delivers up to ten visible messages. After a crash they are delivered again. */
  async deliver(stop: AbortSignal = NEVER): Promise<void> {
    const now = this.clock.time;
    const blocked = new Set<string>();
    const batch = this.#messages
      .filter((message) => {
        if (message.visibleAt > now) blocked.add(message.group);
        return !blocked.has(message.group);
      })
      .slice(0, 10);
    for (const message of batch) {
      if (message.receives === MOST_RECEIPTS) this.deadLetters.push(message.messageId);
      message.receives += 1;
      message.visibleAt = now + 1_800_000;
    }
    try {
      const back = new Set(await pushBatch(batch, this.ports(), stop));
      this.#messages = this.#messages.filter((each) => !batch.includes(each) || back.has(each.messageId));
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }

  /** Delivers until the queue is empty, and moves the clock on while messages are hidden. */
  async drain(mostRounds = 400): Promise<void> {
    for (let round = 0; this.#messages.length > 0; round += 1) {
      if (round === mostRounds) throw new Error(`${this.#messages.length} messages never leave the queue`);
      await this.deliver();
      // Only the first of each group, because the others wait for it.
      const firsts = Map.groupBy(this.#messages, ({ group }) => group).values();
      const next = Math.min(...[...firsts].map(([first]) => first?.visibleAt ?? Number.POSITIVE_INFINITY));
      if (Number.isFinite(next)) this.clock.time = Math.max(this.clock.time + 1000, next);
    }
  }

  ports(): PushPorts {
    let hasCrashed = false;
    /** Numbers a call, and lets it fail if it has an injection. A crashed process makes no further call. */
    const call = async <Result>(does: () => Result, onLost: () => Result): Promise<Result> => {
      if (hasCrashed) throw new Crash();
      this.calls += 1;
      const injection = this.injections.get(this.calls);
      const crash = (): never => {
        hasCrashed = true;
        throw new Crash();
      };
      await Promise.resolve();
      if (injection === 'crashBefore') crash();
      if (injection === 'error') throw new Error('injected');
      const result = does();
      if (injection === 'crashAfter') crash();
      return injection === 'lostReply' || injection === 'timeout' ? onLost() : result;
    };
    const lostStore = (): never => {
      throw new Error('injected: no reply');
    };
    return {
      clock: this.clock,
      operations: this.operations,
      retentionDays: 30,
      ledger: {
        read: (id) => call(() => this.ledger.get(id), lostStore),
        write: (entry) => call(() => this.#write(entry), lostStore),
      },
      check: async () => ({ problems: [], unchecked: undefined, ...(await this.check()) }),
      send: (_operation, change) =>
        call<ChangeReply>(
          () => this.#apply(change.changeId),
          () => ({ kind: 'lost', reason: 'no reply' }),
        ),
      hide: (message, ms) =>
        call(() => {
          const own = this.#messages.find(({ messageId }) => messageId === message.messageId);
          if (own !== undefined) own.visibleAt = this.clock.time + ms;
        }, lostStore),
      putAside: ({ messageId }) => call(() => void this.deadLetters.push(messageId), lostStore),
      onOutcome() {},
      onFailure(_message, error) {
        if (error instanceof Crash) throw error;
      },
    };
  }

  #write(entry: LedgerEntry): boolean {
    const held = this.ledger.get(entry.changeId)?.version ?? 0;
    if (held !== entry.version - 1) return false;
    this.ledger.set(entry.changeId, entry);
    return true;
  }

  #apply(changeId: string): ChangeReply {
    this.whileSending(changeId);
    const attempt = (this.#sends.get(changeId) ?? 0) + 1;
    this.#sends.set(changeId, attempt);
    const reply = this.answer(changeId, attempt);
    if (reply.kind === 'answered' && reply.status < 300 && reply.errors.length === 0)
      this.applied.push(changeId);
    return reply;
  }
}

export const ACCEPTED: ChangeReply = {
  kind: 'answered',
  status: 200,
  errors: [],
  ids: { thingId: '7' },
  isHtml: false,
};

export function answered(
  status: number,
  more: Partial<Extract<ChangeReply, { kind: 'answered' }>> = {},
): ChangeReply {
  return { kind: 'answered', status, errors: [], ids: {}, isHtml: false, ...more };
}
