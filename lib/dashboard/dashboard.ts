import { Duration, Stack } from 'aws-cdk-lib';
import { Dashboard as CloudWatchDashboard, PeriodOverride } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { dashboardName, OUTPUTS } from '../../lambda/deployment/names.ts';
import { output } from '../output.ts';
import {
  changesSection,
  costSection,
  type DashboardProps,
  errorsSection,
  pullsSection,
  stateSection,
} from './sections.ts';

/** The dashboard for an operations team: from top to bottom, what is wrong, what happened, and what it costs. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const name = dashboardName(props.config.environment);
    new CloudWatchDashboard(this, 'Resource', {
      dashboardName: name,
      defaultInterval: Duration.days(14),
      // Keeps the period of a day for counts of nights, whichever time span is shown.
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        ...stateSection(props),
        ...pullsSection(props),
        ...changesSection(props),
        ...errorsSection(props),
        ...costSection(props),
      ],
    });
    const { region } = Stack.of(this);
    output(
      this,
      OUTPUTS.dashboard,
      `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`,
    );
  }
}
