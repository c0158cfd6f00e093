import type { StateTable } from '../aws/state/state-table.ts';
import { readWaitingChanges } from '../aws/state/waiting-changes.ts';
import type { Clock } from '../core/clock.ts';
import type { Metrics } from '../runtime/metrics.ts';

export interface WatchOptions {
  readonly state: StateTable;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Pick<Metrics, 'count'>;
}

/** Writes the levels of the ledger as metrics: what is held, and how old the oldest change in progress is. */
export async function watchLedger({ state, clock, metrics }: WatchOptions): Promise<void> {
  const { held, oldestQueuedMs } = await readWaitingChanges(state);
  const ageMs = oldestQueuedMs === undefined ? 0 : Math.max(0, clock.now() - oldestQueuedMs);
  metrics.count({ changesHeld: held, oldestChangeSeconds: Math.round(ageMs / 1000) });
}
