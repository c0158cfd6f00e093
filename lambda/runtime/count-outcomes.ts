import type { LedgerEntry } from '../core/ledger-entry.ts';
import { isHeld } from '../core/resolve-change.ts';
import { ACCESS_REFUSALS } from './access-refusals.ts';
import type { MetricCounts } from './metrics.ts';

/** The counts of a batch, by what became of its changes. One that is held counts as that each time it becomes so. */
export function countOutcomes(entries: readonly LedgerEntry[]): MetricCounts {
  const counts: { -readonly [Name in keyof MetricCounts]: number } = {};
  for (const entry of entries) {
    const name = metricOf(entry);
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
    // A 0 too: it says that access is well again.
    counts.accessRefused = (counts.accessRefused ?? 0) + (ACCESS_REFUSALS.has(entry.code) ? 1 : 0);
    if (entry.code === 'THROTTLED') counts.throttled = (counts.throttled ?? 0) + 1;
  }
  return counts;
}

function metricOf(entry: LedgerEntry): keyof MetricCounts | undefined {
  switch (entry.outcome) {
    case 'accepted':
      return 'changesAccepted';
    case 'rejected':
      return entry.operation === undefined ? 'messagesRejected' : 'changesRejected';
    case 'unknown':
      return 'changesUnknown';
    case 'waiting':
      return isHeld(entry) ? 'changesHeld' : 'changesWaiting';
    default:
      return undefined;
  }
}
