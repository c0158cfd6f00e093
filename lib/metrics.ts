import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Config } from '../lambda/deployment/config.ts';
import { METRIC_NAMESPACE, METRICS, STREAM_METRICS } from '../lambda/deployment/metrics.ts';

/** A count of the whole environment, by default summed up over five minutes. */
export function countOf(
  { environment }: Config,
  name: keyof typeof METRICS,
  options: MetricOptions = {},
): Metric {
  return metric(METRICS[name], { Environment: environment }, options);
}

/** A count of one stream, by default summed up over five minutes. */
export function streamCountOf(
  { environment }: Config,
  stream: string,
  name: keyof typeof STREAM_METRICS,
  options: MetricOptions = {},
): Metric {
  return metric(STREAM_METRICS[name], { Environment: environment, Stream: stream }, options);
}

function metric(metricName: string, dimensionsMap: Record<string, string>, options: MetricOptions): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap,
    statistic: Stats.SUM,
    period: Duration.minutes(5),
    ...options,
  });
}
