import { GraphWidget, type IMetric, MathExpression, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/** Columns of a dashboard. */
export const FULL_WIDTH = 24;
export const HALF_WIDTH = 12;

export const GREEN = '#2ca02c';
export const ORANGE = '#ff7f0e';
export const RED = '#d62728';

export function seconds(label: string, of: IFunction): IMetric {
  return new MathExpression({
    expression: `${label} / 1000`,
    usingMetrics: { [label]: of.metricDuration({ statistic: 'Sum' }) },
    label,
  });
}

export function text(heading: string, hint: string): TextWidget {
  return new TextWidget({ markdown: `${heading}\n${hint}`, width: FULL_WIDTH, height: 2 });
}

export function graph(title: string, left: IMetric[], right?: IMetric[]): GraphWidget {
  return new GraphWidget({
    title,
    width: HALF_WIDTH,
    height: 6,
    left,
    leftYAxis: { min: 0 },
    ...(right && { right, rightYAxis: { min: 0 } }),
  });
}
