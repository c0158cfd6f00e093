import type { Clock } from '../clock.ts';
import type { Change, Operations } from './change.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { Operation } from './operation.ts';
import type { ChangeReply } from './reply.ts';

/** A message as SQS delivers it. */
export interface Message {
  readonly messageId: string;
  /** The message group, which must be the change's subject. */
  readonly group: string;
  /** SQS's id of this delivery. */
  readonly receiptHandle: string;
  readonly text: string;
  /** How often SQS has delivered the message, this time included, for any reason. */
  readonly receives: number;
  /** When the message was sent, in milliseconds since the epoch. */
  readonly sentMs: number;
}

/** The result of checking a body before it is sent. */
export interface BodyCheck {
  /** Everything that is wrong with the body. */
  readonly problems: readonly string[];
  /** Why the body is not checked, or not by all checks, in words without values; undefined if it is. */
  readonly unchecked: string | undefined;
}

/** The ledger, as the push needs it. */
export interface LedgerPort {
  /** Reads the change's entry; undefined if it has none. */
  read(changeId: string): Promise<LedgerEntry | undefined>;
  /**
   * Writes an entry if the ledger holds the version before it.
   *
   * @returns False if the ledger holds another version; nothing is written then.
   */
  write(entry: LedgerEntry): Promise<boolean>;
}

/** What the push reads from and writes to. */
export interface PushPorts {
  readonly clock: Clock;
  readonly operations: Operations;
  readonly ledger: LedgerPort;
  /** How long the ledger keeps an entry that no operator has to decide about any more. */
  readonly retentionDays: number;
  /**
   * Checks a change against the vendor's schema, and by the vendor's own check.
   *
   * @throws The reason of `stop`, once it aborts; {SyncError} if the checks cannot be made.
   */
  check(operation: Operation, change: Change, stop: AbortSignal): Promise<BodyCheck>;
  /**
   * Sends the change, once.
   *
   * @param bounds - `endMs`: the deadline of the request, in milliseconds since the epoch. `stop`: once it aborts, no
   * request is begun; one that is in flight is finished.
   */
  send(
    operation: Operation,
    change: Change,
    bounds: { endMs: number; stop: AbortSignal },
  ): Promise<ChangeReply>;
  /** Hides a message from all receivers for that long. */
  hide(message: Message, ms: number): Promise<void>;
  /** Puts a message that the ledger cannot keep on the dead-letter queue. */
  putAside(message: Message): Promise<void>;
  /** Called with every outcome that was written. */
  onOutcome(entry: LedgerEntry): void;
  /** Called with the error that kept a message from being handled; the message goes back to the queue. */
  onFailure(message: Message, error: unknown): void;
}
