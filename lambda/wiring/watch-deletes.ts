import { readEvidence } from '../aws/state/absence-store.ts';
import type { StateTable } from '../aws/state/state-table.ts';
import type { Clock } from '../core/clock.ts';
import { unjudgedIn } from '../core/deletes/unjudged.ts';
import type { Stream } from '../core/pull/stream.ts';
import type { Metrics } from '../runtime/metrics.ts';

export interface WatchDeletesOptions {
  readonly state: StateTable;
  readonly streams: readonly Pick<Stream, 'name' | 'deletes'>[];
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
}

/**
 * Writes the levels of the streams with `fromWalk` as metrics: how many deletes are held, and for how long no walk has counted. They
 * are read from the state table, because the receipt of a stream that failed does not have them.
 *
 * @throws {SyncError} `STORE_*`. Then no level of the environment is written.
 */
export async function watchDeletes({ state, streams, clock, metrics }: WatchDeletesOptions): Promise<void> {
  let deletesHeld = 0;
  let daysUnjudged = 0;
  for (const { name, deletes } of streams) {
    if (deletes !== 'fromWalk') continue;
    const evidence = await readEvidence(state, name);
    const held = evidence?.held?.count ?? 0;
    metrics.countStream(name, { held });
    deletesHeld += held;
    const days = (evidence && unjudgedIn(evidence, clock.now()))?.days ?? 0;
    daysUnjudged = Math.max(daysUnjudged, days);
  }
  metrics.count({ deletesHeld, daysUnjudged });
}
