import * as z from 'zod';
import { problemOfCron } from './cron.ts';
import { integer, options, text } from './rules.ts';

/**
 * The longest time that a CloudWatch alarm can look back: a week.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html EvaluationPeriods
 */
export const LONGEST_LOOK_BACK_HOURS = 7 * 24;

/** When pulls start, and within how many hours one has to be complete. */
export const SCHEDULE = options(
  "{ cron: '0 4 * * ? *', timeZone: 'Europe/Amsterdam', expectWithinHours: 26 }",
  {
    cron: z
      .string({ error: "a cron expression: '0 4 * * ? *'" })
      .superRefine((cron, context) => {
        const expected = problemOfCron(cron);
        if (expected !== undefined) context.addIssue({ code: 'custom', message: expected });
      })
      // Not 02:00, which one night in March does not have, and one in October has twice.
      .default('0 4 * * ? *'),
    timeZone: text("an IANA time zone: 'Europe/Amsterdam'", isTimeZone).default('Europe/Amsterdam'),
    expectWithinHours: integer(1, LONGEST_LOOK_BACK_HOURS).default(26),
  },
);

function isTimeZone(name: string): boolean {
  // JavaScript accepts offsets such as +01:00, EventBridge does not.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // JavaScript accepts names in any case, EventBridge does not. A different name is only the zone's newer one.
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
