import { styleText } from 'node:util';
import { differentObjects, totalOf } from '../../lambda/core/pull/counts.ts';
import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { Schedule } from '../../operator/deployed/schedule.ts';
import type { Concern } from '../../operator/status/concern.ts';
import { readBackLines } from '../../operator/status/read-back-lines.ts';
import { shrunkLists } from '../../operator/status/shrunk-lists.ts';
import {
  known,
  MOST_COUNTED,
  type QueueStatus,
  type StatusReport,
  type StreamStatus,
} from '../../operator/status/status-report.ts';
import { ago, countOf, duration, grouped, minuteIn, printable, wholeSeconds } from '../../operator/words.ts';
import { tableOf } from '../terminal/table.ts';
import { textWidth, wrapped } from '../terminal/text.ts';

const RUNS_SHOWN = 3;

/** The report on one screen, beginning with what needs an operator. */
export function statusText(
  report: StatusReport,
  concerns: readonly Concern[],
  width: number | undefined,
): string {
  const shrunk = shrunkLists(known(report.streams) ?? []);
  return [
    headLine(report),
    ...(concerns.length > 0 ? ['', ...concernsText(concerns)] : []),
    ...(shrunk.length > 0 ? ['', 'worth a look:', ...shrunk.map(shrunkText)] : []),
    '',
    ...pullLines(report),
    '',
    ...streamLines(report, width),
    ...notScannedLines(report),
    '',
    ...changeLines(report),
    ...alarmLines(report),
    '',
    verdict(concerns, shrunk),
  ].join('\n');
}

function headLine({ environment, stack, timeZone }: StatusReport): string {
  const deployed = known(stack);
  const where = stack === undefined ? ', on this machine' : '';
  const since = deployed && `, deployed ${minuteIn(timeZone, deployed.deployedAt)} (${deployed.status})`;
  return `${environment}${where}${since ?? ''}; times are in ${timeZone}`;
}

function concernsText(concerns: readonly Concern[]): string[] {
  const room = textWidth(process.stdout);
  const lines = concerns.flatMap(({ what, why, next }) => [
    coloured('red', wrapped(printable(what), room, { first: '  ', rest: 2 })),
    ...(why === undefined ? [] : [wrapped(printable(why), room, { first: '    ', rest: 4 })]),
    ...(next === undefined ? [] : [`    ${printable(next)}`]),
  ]);
  return ['needs an operator:', ...lines];
}

function shrunkText(line: string): string {
  return coloured('yellow', wrapped(line, textWidth(process.stdout), { first: '  ', rest: 4 }));
}

function pullLines(report: StatusReport): string[] {
  const { atWork, schedule, runs, at, timeZone } = report;
  const pull = known(atWork);
  const next = known(schedule);
  const latest = known(runs);
  const nowMs = Date.parse(at);
  const when = (time: string): string => `${minuteIn(timeZone, time)}, ${ago(time, nowMs)}`;
  return [
    ...(pull ? [line('in progress', `since ${when(pull.since)}: ${printable(pull.owner)}`)] : []),
    ...(next ? [line('next start', nextStartText(next, timeZone, nowMs))] : []),
    ...(latest?.length === 0 ? [line('last runs', 'none yet')] : []),
    ...(latest ?? [])
      .slice(0, RUNS_SHOWN)
      .map((run, index) => line(index === 0 ? 'last runs' : '', runText(run, when(run.startedAt)))),
  ];
}

function nextStartText(schedule: Schedule, timeZone: string, nowMs: number): string {
  const { isEnabled, expression, nextStartAt } = schedule;
  if (!isEnabled) return coloured('red', 'disabled');
  if (nextStartAt === undefined) return `${expression}, ${schedule.timeZone}`;
  return `${minuteIn(timeZone, nextStartAt)}, in ${hoursAndMinutes(Date.parse(nextStartAt) - nowMs)}`;
}

/** `3 h 31 min`, `12 min`. */
function hoursAndMinutes(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  return `${hours > 0 ? `${grouped(hours)} h ` : ''}${minutes % 60} min`;
}

function runText({ startedAt, finishedAt, status, streams, error }: RunReceipt, when: string): string {
  // A run that was cut off has no counts.
  if (error !== undefined) return `${when}: ${statusCell(status)}, ${error.code}`;
  const receipts = Object.values(streams);
  const took = duration(Date.parse(finishedAt) - Date.parse(startedAt));
  const objects = `${grouped(totalOf(receipts, 'written'))} of ${grouped(differentObjects(receipts))} written`;
  return `${when}: ${statusCell(status)}, ${objects}, ${took}`;
}

function streamLines({ streams, at, timeZone }: StatusReport, width: number | undefined): string[] {
  const all = known(streams);
  if (all === undefined) return [];
  const whole = (cell: (time: string) => string, none: string): string[] =>
    all.map(({ wholeAsOf }) => (wholeAsOf === undefined ? none : cell(wholeAsOf)));
  const isUnfinished = all.some((stream) => unfinishedPages(stream) !== '');
  return [
    tableOf(
      [
        { head: 'stream', cells: all.map(({ name }) => name) },
        { head: 'last walk', cells: all.map(({ lastWalk }) => lastWalk?.status ?? 'never') },
        { head: 'whole as of', cells: whole((time) => ago(time, Date.parse(at)), 'never') },
        { head: '', cells: whole((time) => minuteIn(timeZone, time), ''), dispensable: 1 },
        { head: 'listed', cells: all.map(({ listed }) => groupedOrBlank(listed)), isNumber: true },
        { head: 'in the table', cells: all.map(({ inTable }) => groupedOrBlank(inTable)), isNumber: true },
        { head: 'rejects', cells: all.map(({ rejects }) => counted(rejects)), isNumber: true },
        ...(isUnfinished ? [{ head: 'unfinished', cells: all.map(unfinishedPages) }] : []),
      ],
      width,
    ),
  ];
}

/** Below the table, because the operator need not do anything. */
function notScannedLines({ streams }: StatusReport): string[] {
  const walks = (known(streams) ?? []).map(({ name, lastWalk }) => [name, lastWalk ?? {}] as const);
  const lines = readBackLines(Object.fromEntries(walks));
  const room = textWidth(process.stdout);
  return lines.length === 0 ? [] : ['', ...lines.map((text) => wrapped(text, room, { first: '', rest: 2 }))];
}

function groupedOrBlank(count: number | undefined): string {
  return count === undefined ? '' : grouped(count);
}

function unfinishedPages({ unfinished }: StreamStatus): string {
  return unfinished && unfinished.pages > 0 ? countOf(unfinished.pages, 'page') : '';
}

function changeLines({ queue, deadLetters, changes }: StatusReport): string[] {
  const waiting = known(queue);
  const dead = known(deadLetters);
  const counts = known(changes);
  const kinds = counts && [
    [counts.accepted, 'accepted in 7 days'],
    [counts.queued, 'queued'],
    [counts.sending, 'being sent'],
    [counts.waiting, 'waiting'],
    [counts.rejected, 'rejected'],
    [counts.unknown, 'unknown (held)'],
    [counts.held, 'waited too long (held)'],
  ];
  const parts = kinds
    ?.filter(([count]) => count !== 0)
    .map(([count, what]) => `${counted(Number(count))} ${what}`);
  return [
    ...(parts ? [line('changes', parts.join(', ') || 'none')] : []),
    ...(waiting ? [line('queue', queueText(waiting))] : []),
    ...(dead ? [line('dead letters', queueText(dead))] : []),
  ];
}

function queueText({ messages, hidden, oldestSeconds }: QueueStatus): string {
  if (messages === 0) return 'empty';
  const notes = [
    ...(hidden > 0 ? [`${grouped(hidden)} being sent or waiting`] : []),
    ...(oldestSeconds === undefined ? [] : [`the oldest ${wholeSeconds(oldestSeconds * 1000)}`]),
  ];
  return [countOf(messages, 'message'), ...notes].join(', ');
}

function alarmLines({ alarms }: StatusReport): string[] {
  const all = known(alarms);
  if (all === undefined) return [];
  const count = (state: string) => all.filter((alarm) => alarm.state === state).length;
  const parts = [
    [count('OK'), 'OK'],
    [count('ALARM'), 'firing'],
    [count('INSUFFICIENT_DATA'), 'without data yet'],
  ] as const;
  const text = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return [line('alarms', text.join(', ') || 'none')];
}

function verdict(concerns: readonly Concern[], shrunk: readonly string[]): string {
  if (concerns.length === 0) {
    return shrunk.length === 0
      ? coloured('green', 'all is well')
      : coloured('yellow', `nothing needs an operator; ${countOf(shrunk.length, 'thing')} worth a look`);
  }
  return coloured('red', `${countOf(concerns.length, 'thing')} for an operator to look at`);
}

/** With `+` if there may be more, because counting ended there. */
function counted(count: number): string {
  return `${grouped(count)}${count >= MOST_COUNTED ? '+' : ''}`;
}

const LABEL_WIDTH = 14;

function line(label: string, text: string): string {
  const indent = { first: label.padEnd(LABEL_WIDTH), rest: LABEL_WIDTH };
  // A number is not parted from its unit.
  const kept = text.replace(/(\d) (?=(?:s|min|h)\b)/g, '$1\u00a0');
  return wrapped(kept, textWidth(process.stdout), indent).replaceAll('\u00a0', ' ');
}

const STATUS_COLOURS = { complete: 'green', incomplete: 'yellow', failed: 'red' } as const;

function statusCell(status: keyof typeof STATUS_COLOURS): string {
  return coloured(STATUS_COLOURS[status], status);
}

function coloured(colour: 'red' | 'yellow' | 'green', text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}
