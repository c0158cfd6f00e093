import type { Config } from '../../lambda/deployment/config.ts';
import { stackName } from '../../lambda/deployment/names.ts';
import { countUpTo, minuteIn } from '../words.ts';
import type { Concern } from './concern.ts';
import { deletesConcerns } from './deletes-concerns.ts';
import { pullConcerns } from './pull-concerns.ts';
import { known, MOST_COUNTED, type StatusReport } from './status-report.ts';

/**
 * Finds the problems in a report that need an operator. What is held comes first, because only an operator ends it.
 *
 * @param flags - The flags with which other commands use the same tables.
 */
export function concernsOf(report: StatusReport, config: Config, flags: string): Concern[] {
  return [
    ...deletesConcerns(report, flags),
    ...stackConcerns(report),
    ...alarmConcerns(report),
    ...pullConcerns(report, flags, config),
    ...changeConcerns(report, flags),
    ...unreadConcerns(report),
  ];
}

function stackConcerns({ stack, schedule }: StatusReport): Concern[] {
  const concerns: Concern[] = [];
  const status = known(stack)?.status ?? '';
  if (/FAILED$|ROLLBACK_COMPLETE$/.test(status)) {
    concerns.push({ what: `the last deployment failed (${status})`, next: 'npx cdk deploy' });
  }
  if (known(schedule)?.isEnabled === false) {
    concerns.push({ what: 'the schedule is disabled, so no pull starts by itself' });
  }
  return concerns;
}

function alarmConcerns({ environment, alarms, timeZone }: StatusReport): Concern[] {
  const firing = (known(alarms) ?? []).filter(({ state }) => state === 'ALARM');
  return firing.map(({ name, since, impact, runbook }) => ({
    what: `alarm ${name.replace(`${stackName(environment)}-`, '')} since ${minuteIn(timeZone, since)}: ${impact}`,
    ...(runbook !== undefined && { next: runbook }),
  }));
}

function changeConcerns({ changes, deadLetters }: StatusReport, flags: string): Concern[] {
  const { unknown = 0, held = 0, rejected = 0 } = known(changes) ?? {};
  const list = (outcome: string): string => `npx procurios-sync changes list --outcome ${outcome}${flags}`;
  const dead = known(deadLetters)?.messages ?? 0;
  return [
    { count: unknown, what: 'held: unknown whether applied', next: list('unknown') },
    { count: held, what: 'held: waited too long', next: list('waiting') },
    { count: rejected, what: 'rejected, and not settled', next: list('rejected') },
    { count: dead, what: 'in the dead-letter queue', next: 'docs/runbook.md#change-dead-letters' },
  ].flatMap(({ count, what, next }) =>
    count === 0 ? [] : [{ what: `${countUpTo(count, MOST_COUNTED, 'change')} ${what}`, next }],
  );
}

/** One concern for each reason why parts could not be read, because those parts may have problems too. */
function unreadConcerns(report: StatusReport): Concern[] {
  const parts = new Map<string, string[]>();
  for (const [name, part] of Object.entries(report)) {
    if (typeof part !== 'object' || !('unavailable' in part)) continue;
    parts.set(part.unavailable, [...(parts.get(part.unavailable) ?? []), PART_NAMES[name] ?? name]);
  }
  return [...parts].map(([why, names]) => ({ what: `cannot be read: ${names.join(', ')}`, next: why }));
}

const PART_NAMES: Readonly<Record<string, string>> = {
  deadLetters: 'dead-letter queue',
  atWork: 'pull in progress',
  cutOff: 'pull that was cut off',
  futureRun: 'runs from the future',
};
