import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, METRICS, STREAM_METRICS } from '../config/metrics.ts';

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
