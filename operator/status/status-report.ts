import type { Receipt, RunReceipt } from '../../lambda/core/pull/receipt.ts';
import { stackName } from '../../lambda/deployment/names.ts';
import type { Alarm } from '../deployed/alarms.ts';
import type { Schedule } from '../deployed/schedule.ts';
import type { Stack } from '../deployed/stack.ts';
import type { ChangeCounts } from './count-changes.ts';

/** A part of the report, or in a line why it could not be read. */
export type Part<Value> = { readonly value: Value } | { readonly unavailable: string };

/** How things stand with an environment. */
export interface StatusReport {
  readonly environment: string;
  /** When it was asked, RFC 3339. */
  readonly at: string;
  /** The latest runs, the last one first. */
  readonly runs: Part<readonly RunReceipt[]>;
  /** Those of the config, in their order. */
  readonly streams: Part<readonly StreamStatus[]>;
  /** Changes by what becomes of them; the accepted ones of the last seven days. Each count ends at {@link MOST_COUNTED}. */
  readonly changes: Part<ChangeCounts>;
  readonly queue: Part<QueueStatus>;
  readonly deadLetters: Part<QueueStatus>;
  /** Absent with `--embedded`, as the next three: there they do not exist. */
  readonly stack?: Part<Stack>;
  /** The pull that is at work; null: none is. */
  readonly atWork?: Part<AtWork | null>;
  readonly schedule?: Part<Schedule>;
  readonly alarms?: Part<readonly Alarm[]>;
}

/** Where the counting of rejects and changes ends. */
export const MOST_COUNTED = 10_000;

export interface StreamStatus {
  readonly name: string;
  /** Its last walk that has a receipt; absent: none among the latest runs. */
  readonly lastWalk?: Receipt & { readonly finishedAt: string };
  /** A walk that has not come to its end: at work, or left for the next run. */
  readonly unfinished?: { readonly startedAt: string; readonly pages: number; readonly fetched: number };
  /** Objects that could not be stored. */
  readonly rejects: number;
}

export interface QueueStatus {
  /** Messages, approximately, as SQS has it. */
  readonly messages: number;
  /** Of these: being sent, or hidden until their time comes. */
  readonly hidden: number;
  /** How old the oldest one is; absent: unknown. */
  readonly oldestSeconds?: number;
}

export interface AtWork {
  /** Who pulls, for people. */
  readonly owner: string;
  /** RFC 3339. */
  readonly since: string;
}

/** Something that does not go away by itself. */
export interface Matter {
  readonly what: string;
  /** What to run, or where it is written what to do; absent: the text says it. */
  readonly next?: string;
}

/**
 * What of a report needs a person.
 *
 * @param flags - Those that lead a command to the same tables.
 */
export function mattersOf(report: StatusReport, flags: string): Matter[] {
  return [
    ...stackMatters(report),
    ...alarmMatters(report),
    ...streamMatters(report),
    ...changeMatters(report, flags),
    ...unread(report),
  ];
}

function stackMatters({ stack, schedule }: StatusReport): Matter[] {
  const matters: Matter[] = [];
  const status = known(stack)?.status ?? '';
  if (/FAILED$|ROLLBACK_COMPLETE$/.test(status)) {
    matters.push({ what: `the last deploy did not succeed (${status})`, next: 'npx cdk deploy' });
  }
  if (known(schedule)?.isEnabled === false) {
    matters.push({ what: 'the schedule is disabled: no pull starts by itself' });
  }
  return matters;
}

function alarmMatters({ environment, alarms }: StatusReport): Matter[] {
  const firing = (known(alarms) ?? []).filter(({ state }) => state === 'ALARM');
  return firing.map(({ name, since, impact, runbook }) => ({
    what: `alarm ${name.replace(`${stackName(environment)}-`, '')} since ${minuteOf(since)}: ${impact}`,
    ...(runbook !== undefined && { next: runbook }),
  }));
}

/** One for all the streams that ended alike: what stops one often stops them all. */
function streamMatters({ streams }: StatusReport): Matter[] {
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

function changeMatters({ changes, deadLetters }: StatusReport, flags: string): Matter[] {
  const { unknown = 0, held = 0, rejected = 0 } = known(changes) ?? {};
  const list = (outcome: string): string => `npx procurios-sync changes list --outcome ${outcome}${flags}`;
  const dead = known(deadLetters)?.messages ?? 0;
  return [
    { count: unknown, what: 'held: nobody knows whether applied', next: list('unknown') },
    { count: held, what: 'held: waited too long', next: list('waiting') },
    { count: rejected, what: 'rejected, and not settled', next: list('rejected') },
    { count: dead, what: 'in the dead-letter queue', next: 'docs/runbook.md#change-dead-letters' },
  ].flatMap(({ count, what, next }) => (count === 0 ? [] : [{ what: `${countText(count)} ${what}`, next }]));
}

function countText(count: number): string {
  return `${count.toLocaleString('en-US')}${count >= MOST_COUNTED ? ' or more' : ''} change${count === 1 ? '' : 's'}`;
}

/** What could not be read may not be well: each reason once, with all the parts that it hides. */
function unread(report: StatusReport): Matter[] {
  const parts = new Map<string, string[]>();
  for (const [name, part] of Object.entries(report)) {
    if (typeof part !== 'object' || !('unavailable' in part)) continue;
    parts.set(part.unavailable, [...(parts.get(part.unavailable) ?? []), PART_NAMES[name] ?? name]);
  }
  return [...parts].map(([why, names]) => ({ what: `not known: ${names.join(', ')}`, next: why }));
}

const PART_NAMES: Readonly<Record<string, string>> = {
  deadLetters: 'dead-letter queue',
  atWork: 'pull at work',
};

/** Undefined where there is none, or it could not be read. */
export function known<Value>(part: Part<Value> | undefined): Value | undefined {
  return part !== undefined && 'value' in part ? part.value : undefined;
}

/** `2026-11-24 03:00Z`. */
export function minuteOf(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)}Z`;
}
