import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { SyncErrorCode } from '../core/errors.ts';
import { totalOf } from '../core/pull/counts.ts';
import type { RunReceipt } from '../core/pull/receipt.ts';
import { isHeld, type LedgerEntry } from '../core/push/ledger-entry.ts';
import { METRIC_NAMESPACE, METRICS, STREAM_METRICS } from '../deployment/metrics.ts';

/** Counts of the environment, by the keys of {@link METRICS}: `{ changesAccepted: 3 }`. */
export type MetricCounts = Readonly<Partial<Record<keyof typeof METRICS, number>>>;
/** Counts of a stream, by the keys of {@link STREAM_METRICS}. */
export type StreamMetricCounts = Readonly<Partial<Record<keyof typeof STREAM_METRICS, number>>>;

/** Writes counts that CloudWatch turns into metrics. */
export interface Metrics {
  /**
   * Counts for the environment. A 0 is written too, because an alarm ends only when it sees one. A count that is left out is
   * not written. If all counts are left out, no line is written.
   */
  count(counts: MetricCounts): void;
  /** Counts for a stream: of a slice of its walk, or of what became of deletes. */
  countStream(stream: string, counts: StreamMetricCounts): void;
}

/**
 * Writes metrics in the embedded metric format: a line of JSON for each call, among the function's log lines.
 *
 * @param environment - The config's `environment`, a dimension of all metrics.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics(
  environment: string,
  write: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Metrics {
  const powertools = new PowertoolsMetrics({ namespace: METRIC_NAMESPACE });
  // Powertools sets `service` as a dimension, so that our metrics would not be found by `Environment` alone.
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

/** Counts a finished run, and what its walks marked as gone. The other counts of its streams were written slice by slice. */
export function putRunMetrics(metrics: Metrics, { status, streams }: RunReceipt): void {
  const receipts = Object.values(streams);
  const codes = receipts.map(({ error }) => error?.code);
  metrics.count({
    runComplete: status === 'complete' ? 1 : 0,
    runFailed: status === 'failed' ? 1 : 0,
    streamsIncomplete: receipts.filter((receipt) => receipt.status === 'incomplete').length,
    rejects: totalOf(receipts, 'rejected'),
    ...countCodes(codes),
  });
  for (const [stream, { gone, returned }] of Object.entries(streams)) {
    if (gone !== undefined) metrics.countStream(stream, { gone, returned: returned ?? 0 });
  }
}

/** The counts of a batch's changes by outcome. Held changes are a level, which is read from the ledger. */
export function countOutcomes(entries: readonly LedgerEntry[]): MetricCounts {
  const counts: { -readonly [Name in keyof MetricCounts]: number } = {};
  for (const entry of entries) {
    const name = metricOf(entry);
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  }
  if (entries.length === 0) return counts;
  const { accessRefused, throttled } = countCodes(entries.map(({ code }) => code));
  return { ...counts, accessRefused, ...(throttled > 0 && { throttled }) };
}

/** The codes of failures that are due to our access, and neither to a change nor to a stream. */
const ACCESS_REFUSALS: ReadonlySet<string | undefined> = new Set<SyncErrorCode>([
  'SECRET_INVALID',
  'CREDENTIALS_REFUSED',
  'CONSENT_NEEDED',
  'ACCESS_DENIED',
]);

function countCodes(codes: readonly (string | undefined)[]) {
  return {
    accessRefused: codes.filter((code) => ACCESS_REFUSALS.has(code)).length,
    throttled: codes.filter((code) => code === 'THROTTLED').length,
  };
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
      return isHeld(entry) ? undefined : 'changesWaiting';
    default:
      return undefined;
  }
}
