import * as z from 'zod';
import { problemOfCron } from './cron.ts';
import { integer, options, text } from './rules.ts';

/**
 * An alarm looks back over a week at most.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html EvaluationPeriods
 */
export const LONGEST_LOOK_BACK_HOURS = 7 * 24;

/** When pulls start, and how long may go by without a complete one. */
export const SCHEDULE = options(
  "{ cron: '0 4 * * ? *', timeZone: 'Europe/Amsterdam', expectWithinHours: 26 }",
  {
    cron: z
      .string({ error: "a cron expression: '0 4 * * ? *'" })
      .superRefine((cron, context) => {
        const expected = problemOfCron(cron);
        if (expected !== undefined) context.addIssue({ code: 'custom', message: expected });
      })
      // Not 02:00: on one night in March there is none, and on one in October there are two.
      .default('0 4 * * ? *'),
    timeZone: text("an IANA time zone: 'Europe/Amsterdam'", isTimeZone).default('Europe/Amsterdam'),
    expectWithinHours: integer(1, LONGEST_LOOK_BACK_HOURS).default(26),
  },
);

function isTimeZone(name: string): boolean {
  // Offsets are none to EventBridge, though they are to JavaScript.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // JavaScript takes names in any case, EventBridge does not; another name altogether is merely the newer one.
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
