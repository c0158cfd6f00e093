import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { SyncErrorCode } from '../core/errors.ts';
import { totalOf } from '../core/pull/counts.ts';
import type { RunReceipt } from '../core/pull/receipt.ts';
import { isHeld, type LedgerEntry } from '../core/push/ledger-entry.ts';
import { METRIC_NAMESPACE, METRICS, STREAM_METRICS } from '../deployment/metrics.ts';

/** Counts by the names that `config/metrics.ts` has for them: `{ changesAccepted: 3 }`. */
export type MetricCounts = Readonly<Partial<Record<keyof typeof METRICS, number>>>;
export type StreamMetricCounts = Readonly<Partial<Record<keyof typeof STREAM_METRICS, number>>>;

/** Puts out counts that CloudWatch makes metrics of. */
export interface Metrics {
  /**
   * Counts of the environment. A 0 is put out as well: an alarm then sees that things are well again. What is left out is not,
   * and where nothing is given, nothing is put out.
   */
  count(counts: MetricCounts): void;
  /** Counts of a part of a stream's walk. */
  countStream(stream: string, counts: StreamMetricCounts): void;
}

/**
 * Metrics in the embedded metric format: a line of JSON for each call, among the function's log lines.
 *
 * @param environment - The config's, the dimension of all of them.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics(
  environment: string,
  write: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Metrics {
  const powertools = new PowertoolsMetrics({ namespace: METRIC_NAMESPACE });
  // Powertools would have `service` as a dimension of its own.
  powertools.clearDefaultDimensions();
  powertools.setDefaultDimensions({ Environment: environment });

  const put = (names: Readonly<Record<string, string>>, counts: Readonly<Record<string, number>>): void => {
    for (const [key, value] of Object.entries(counts)) {
      const name = names[key];
      if (name !== undefined) powertools.addMetric(name, MetricUnit.Count, value);
    }
    if (powertools.hasStoredMetrics()) write(JSON.stringify(powertools.serializeMetrics()));
    powertools.clearMetrics();
    powertools.clearDimensions();
  };

  return {
    count(counts) {
      put(METRICS, counts);
    },
    countStream(stream, counts) {
      powertools.addDimension('Stream', stream);
      put(STREAM_METRICS, counts);
    },
  };
}

/** Failures that our access is the reason of, and neither a change nor a stream: what the metric `AccessRefused` counts. */
export const ACCESS_REFUSALS: ReadonlySet<string | undefined> = new Set<SyncErrorCode>([
  'SECRET_INVALID',
  'CREDENTIALS_REFUSED',
  'CONSENT_NEEDED',
  'ACCESS_DENIED',
]);

/** Puts out what a run came to; its streams' counts are out by then, slice by slice. */
export function putRunMetrics(metrics: Metrics, { status, streams }: RunReceipt): void {
  const receipts = Object.values(streams);
  const codes = receipts.flatMap(({ error }) => error?.code ?? []);
  metrics.count({
    runComplete: status === 'complete' ? 1 : 0,
    runFailed: status === 'failed' ? 1 : 0,
    streamsIncomplete: receipts.filter((receipt) => receipt.status === 'incomplete').length,
    rejects: totalOf(receipts, 'rejected'),
    accessRefused: codes.filter((code) => ACCESS_REFUSALS.has(code)).length,
    throttled: codes.filter((code) => code === 'THROTTLED').length,
  });
}

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

export function metricOf(entry: LedgerEntry): keyof MetricCounts | undefined {
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
