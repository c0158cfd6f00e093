import { stackName } from '../../lambda/deployment/names.ts';
import { countOf, grouped } from '../words.ts';
import { known, MOST_COUNTED, minuteOf, type StatusReport } from './status-report.ts';

/** A problem that needs an operator. */
export interface Concern {
  readonly what: string;
  /** A command to run, a place to read, or the reason; undefined if `what` says it all. */
  readonly next?: string;
}

/**
 * Finds the problems in a report that need an operator.
 *
 * @param flags - The flags with which other commands use the same tables.
 */
export function concernsOf(report: StatusReport, flags: string): Concern[] {
  return [
    ...stackConcerns(report),
    ...alarmConcerns(report),
    ...streamConcerns(report),
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

function alarmConcerns({ environment, alarms }: StatusReport): Concern[] {
  const firing = (known(alarms) ?? []).filter(({ state }) => state === 'ALARM');
  return firing.map(({ name, since, impact, runbook }) => ({
    what: `alarm ${name.replace(`${stackName(environment)}-`, '')} since ${minuteOf(since)}: ${impact}`,
    ...(runbook !== undefined && { next: runbook }),
  }));
}

/** One concern for all streams with the same error, because one cause often stops several. */
function streamConcerns({ streams }: StatusReport): Concern[] {
  const alike = Map.groupBy(known(streams) ?? [], ({ lastWalk }) =>
    lastWalk === undefined || lastWalk.status === 'complete'
      ? ''
      : [lastWalk.status, lastWalk.error?.code ?? ''].join(' ').trim(),
  );
  alike.delete('');
  return [...alike].map(([how, ended]) => {
    const code = ended[0]?.lastWalk?.error?.code;
    const what = `last walk ${how}: ${ended.map(({ name }) => name).join(', ')}`;
    return { what, ...(code !== undefined && { next: `npx procurios-sync help ${code}` }) };
  });
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
  ].flatMap(({ count, what, next }) => (count === 0 ? [] : [{ what: `${countText(count)} ${what}`, next }]));
}

function countText(count: number): string {
  return count >= MOST_COUNTED ? `${grouped(count)} or more changes` : countOf(count, 'change');
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
};
