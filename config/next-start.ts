import { Cron } from 'croner';

/** Matches in a row that may be skipped because the clocks skip them. Each is on one day a year, so ten are plenty. */
const MOST_SKIPPED = 10;

/**
 * Computes when a schedule of EventBridge Scheduler starts next.
 *
 * A time that the clocks skip on one day in spring has no start on that day. A time that they show twice has one start.
 *
 * @param expression - As EventBridge Scheduler has it: `cron(0 4 * * ? *)`.
 * @param timeZone - IANA name.
 * @param afterMs - Milliseconds since the epoch.
 * @returns Milliseconds since the epoch; undefined if there is no next start, or if the expression is not a cron expression. The
 * service does not tell when a `rate(…)` began to count.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function nextStart(expression: string, timeZone: string, afterMs: number): number | undefined {
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6) return undefined;
  try {
    return nextMatch(cronOf(fields, timeZone), new Date(afterMs));
  } catch {
    // The library throws only if it refuses the expression or the time zone.
    return undefined;
  }
}

function nextMatch(cron: Cron, after: Date): number | undefined {
  let from = after;
  for (let tries = 0; tries < MOST_SKIPPED; tries += 1) {
    const next = cron.nextRun(from);
    if (next === null) return undefined;
    // The library moves a time that the clocks skip, whereas the service skips that day.
    if (cron.match(next)) return next.getTime();
    from = next;
  }
  return undefined;
}

function cronOf(fields: readonly string[], timezone: string): Cron {
  // AWS counts the days of the week from Sunday, which is 1, so the last one is Saturday, 7.
  const [minutes, hours, days, months, weekdays, years] = fields.map((field, index) =>
    index === 4 && field.toUpperCase() === 'L' ? '7' : field,
  );
  return new Cron(`0 ${minutes} ${hours} ${days} ${months} ${weekdays} ${years}`, {
    timezone,
    paused: true,
    mode: '7-part',
    alternativeWeekdays: true,
    // Allows `0/15`, which means every 15 from 0 on.
    sloppyRanges: true,
  });
}
