import { timestamp } from '../../lambda/core/clock.ts';
import { carriedInWeek } from '../../lambda/core/deletes/carried.ts';
import { findDue } from '../../lambda/core/deletes/due.ts';
import type {
  CountedWalk,
  Evidence,
  Held,
  LookFailure,
  NotCounted,
} from '../../lambda/core/deletes/evidence.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import type { Session } from '../session.ts';
import { readStreamDeletes, type StreamDeletes } from './stream-deletes.ts';

/** What is known of a stream's absent objects, in numbers. Plain JSON. */
export interface DeletesSummary {
  readonly stream: string;
  /** Absent if the config no longer has the stream. */
  readonly deletes?: Stream['deletes'];
  /** How many objects were missed by how many counted walks in a row. Those that are held or kept are left out. */
  readonly missed: Readonly<Record<string, number>>;
  /** Missed often enough, those that are held included. What only the archive calls gone is not counted. */
  readonly due: number;
  readonly held?: Held;
  readonly kept: number;
  readonly carriedInWeek: number;
  /** Unseen objects for which the state table has no room. */
  readonly overflow: number;
  /** What is due and waits, since when, RFC 3339, and why the last look proved nothing; absent if nothing waits. */
  readonly waiting?: { readonly since: string; readonly failedLook?: LookFailure };
  readonly lastCounted?: CountedWalk;
  /** The last walk that ended, if it did not count. */
  readonly uncounted?: { readonly walkId: string; readonly began: string; readonly reason?: NotCounted };
  /** Whether the absences were stored and cannot be read any more, so that the counts start over. */
  readonly areAbsencesLost: boolean;
}

/**
 * Summarizes what is known of the absent objects of a stream, or of all streams of the config.
 *
 * @throws {CommandError} `USAGE` if neither the config nor the state table has the stream.
 */
export async function listDeletes(session: Session, stream: string | undefined): Promise<DeletesSummary[]> {
  const names = stream === undefined ? session.config.streams.map(({ name }) => name) : [stream];
  const now = timestamp(systemClock.now());
  const summaries: DeletesSummary[] = [];
  // One after the other, because each may hold megabytes of ids.
  for (const name of names) summaries.push(summaryOf(await readStreamDeletes(session, name), now));
  return summaries;
}

function summaryOf(read: StreamDeletes, now: string): DeletesSummary {
  const { name, stream, policy, known, areAbsencesLost } = read;
  const { evidence, absences } = known;
  const { held, overflow, walks } = evidence;
  const lastCounted = walks.at(-1);
  const missed: Record<string, number> = {};
  let kept = 0;
  for (const { mark, missed: times } of absences.values()) {
    if (mark === 'kept') kept += 1;
    else if (mark !== 'held') missed[times] = (missed[times] ?? 0) + 1;
  }
  return {
    stream: name,
    ...(stream && { deletes: stream.deletes }),
    missed,
    due: policy === undefined ? 0 : findDue(known, policy, new Map()).length,
    ...(held && { held }),
    kept,
    carriedInWeek: carriedInWeek(evidence, now, ''),
    overflow,
    ...waitingIn(evidence),
    ...(lastCounted && { lastCounted }),
    ...uncountedIn(evidence),
    areAbsencesLost,
  };
}

function waitingIn({ waitingSince: since, failedLook }: Evidence): Pick<DeletesSummary, 'waiting'> {
  return since === undefined ? {} : { waiting: { since, ...(failedLook && { failedLook }) } };
}

function uncountedIn({ ended, walks }: Evidence): Pick<DeletesSummary, 'uncounted'> {
  if (ended === undefined || walks.some(({ walkId }) => walkId === ended.walkId)) return {};
  const { walkId, began, notCounted: reason } = ended;
  return { uncounted: { walkId, began, ...(reason && { reason }) } };
}
