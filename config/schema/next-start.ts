import { Cron } from 'croner';

/** A time that the clocks skip is passed over at most this often in a row: it is not there on one day a year. */
const MOST_SKIPPED = 10;

/**
 * When a schedule of EventBridge Scheduler starts next.
 *
 * A cron expression whose time does not exist on the day that the clocks go forward does not start that day, and starts
 * once on the day that they go back.
 *
 * @param expression - As the service has it: `cron(0 4 * * ? *)`.
 * @param timeZone - IANA name.
 * @param afterMs - Milliseconds since the epoch.
 * @returns Milliseconds since the epoch; undefined where there is no next start, or the expression is not a cron: when
 * `rate(…)` began to count is not told by the service.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function nextStart(expression: string, timeZone: string, afterMs: number): number | undefined {
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6) return undefined;
  try {
    return nextMatch(cronOf(fields, timeZone), new Date(afterMs));
  } catch {
    // Nothing else is done in there: the library refuses the expression or the time zone.
    return undefined;
  }
}

function nextMatch(cron: Cron, after: Date): number | undefined {
  let from = after;
  for (let tries = 0; tries < MOST_SKIPPED; tries += 1) {
    const next = cron.nextRun(from);
    if (next === null) return undefined;
    // The library moves a time that the clocks skip; the service leaves that day out.
    if (cron.match(next)) return next.getTime();
    from = next;
  }
  return undefined;
}

function cronOf(fields: readonly string[], timezone: string): Cron {
  // AWS counts the days of the week from Sunday, 1, so that the last one is Saturday.
  const [minutes, hours, days, months, weekdays, years] = fields.map((field, index) =>
    index === 4 && field.toUpperCase() === 'L' ? '7' : field,
  );
  return new Cron(`0 ${minutes} ${hours} ${days} ${months} ${weekdays} ${years}`, {
    timezone,
    paused: true,
    mode: '7-part',
    alternativeWeekdays: true,
    // `0/15`: from 0, every 15.
    sloppyRanges: true,
  });
}
