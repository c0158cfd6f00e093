import type { Held } from '../../lambda/core/deletes/evidence.ts';
import type { Unjudged } from '../../lambda/core/deletes/unjudged.ts';
import type { Receipt, RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { StreamState } from '../../lambda/core/pull/stream-state.ts';
import type { StreamEvidence } from '../../lambda/core/pull/verdict.ts';
import type { Alarm } from '../deployed/alarms.ts';
import type { Schedule } from '../deployed/schedule.ts';
import type { Stack } from '../deployed/stack.ts';
import type { ChangeCounts } from './count-changes.ts';

/** A part of the report, or a line with the reason why it could not be read. */
export type Part<Value> = { readonly value: Value } | { readonly unavailable: string };

/** The state of an environment. */
export interface StatusReport {
  readonly environment: string;
  /** When it was read, RFC 3339. */
  readonly at: string;
  /** The schedule's time zone, in which times are shown. IANA name. */
  readonly timeZone: string;
  /** Hours after which a complete walk is too old; undefined if nothing starts pulls by itself. */
  readonly expectWithinHours?: number;
  /** The latest runs that began in the past, the newest first. */
  readonly runs: Part<readonly RunReceipt[]>;
  /** When a run began whose receipt is from the future, RFC 3339; null if there is none. */
  readonly futureRun: Part<string | null>;
  /** The pull that ended without releasing its lease; null if there is none. */
  readonly cutOff: Part<PullInProgress | null>;
  /** The streams of the config, in their order. */
  readonly streams: Part<readonly StreamStatus[]>;
  /** Accepted changes are those of the last seven days. Each count ends at {@link MOST_COUNTED}. */
  readonly changes: Part<ChangeCounts>;
  readonly queue: Part<QueueStatus>;
  readonly deadLetters: Part<QueueStatus>;
  /** This and the next three are undefined with `--embedded`, which has no stack. */
  readonly stack?: Part<Stack>;
  /** The pull in progress; null if there is none. */
  readonly atWork?: Part<PullInProgress | null>;
  readonly schedule?: Part<Schedule>;
  readonly alarms?: Part<readonly Alarm[]>;
}

/** The count of rejects or changes at which counting ends. */
export const MOST_COUNTED = 10_000;

/** The state of a stream and its table. */
export interface StreamStatus extends StreamEvidence, StreamState {
  readonly lastWalk?: Receipt & { readonly finishedAt: string };
  /** The deletes that are held; undefined if none is, or if the config's `deletes` is not `fromWalk`. */
  readonly held?: Held;
  /** How long no walk has counted; undefined if that is not long, or if the config's `deletes` is not `fromWalk`. */
  readonly unjudged?: Unjudged;
  /** True if what is due is always held, because the listing can only be read upwards and the config's `deletes` is `fromWalk`. */
  readonly readsOneWay?: true;
  /** An unfinished walk, which a run is reading or the next run resumes; undefined if there is none. */
  readonly unfinished?: { readonly startedAt: string; readonly pages: number; readonly fetched: number };
}

/** The state of a queue. */
export interface QueueStatus {
  /** Messages in the queue, hidden ones included. SQS counts approximately. */
  readonly messages: number;
  /** Messages being sent, or hidden until their next attempt. */
  readonly hidden: number;
  /** The age of the oldest message; undefined if it is unknown. */
  readonly oldestSeconds?: number;
}

/** A pull in progress, or one that was cut off. */
export interface PullInProgress {
  /** The execution or the process, for the operator. */
  readonly owner: string;
  /** When it started, RFC 3339. */
  readonly since: string;
}

/** The value of a part; undefined if the report does not have it, or if it could not be read. */
export function known<Value>(part: Part<Value> | undefined): Value | undefined {
  return part !== undefined && 'value' in part ? part.value : undefined;
}
