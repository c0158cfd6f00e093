import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import { isHeld } from '../../lambda/core/push/ledger-entry.ts';
import type { ListedChanges } from '../../operator/changes/list.ts';
import type { OutcomeSoFar, Outcomes, QueuedChange } from '../../operator/changes/queued-change.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { countOf, grouped, printable, shortened } from '../../operator/words.ts';
import { EXIT, print } from '../terminal/output-lines.ts';
import { type Column, tableOf } from '../terminal/table.ts';
import { tableWidth } from '../terminal/terminal.ts';

type ListedEntry = ListedChanges['entries'][number];

const WIDEST_REASON = 70;

/** The outcome of a ledger entry: `unknown (held)`, `accepted`, `rejected (settled)`. */
export function outcomeText(entry: LedgerEntry): string {
  if (isHeld(entry)) return `${entry.outcome} (held)`;
  return entry.note === undefined ? entry.outcome : `${entry.outcome} (settled)`;
}

function queuedOutcomeText({ outcome, isHeld }: OutcomeSoFar): string {
  return isHeld ? `${outcome} (held)` : outcome;
}

/**
 * Prints the changes that were queued.
 *
 * @param outcomes - Undefined if the command did not wait for them.
 */
export function printChanges(
  queued: readonly QueuedChange[],
  outcomes: Outcomes | undefined,
  { json }: CommonOptions,
): void {
  if (json) {
    for (const { line, change } of queued) {
      const { changeId, operation, subject } = change;
      print(
        JSON.stringify({ line, changeId, operation, subject, ...outcomeFields(outcomes?.get(changeId)) }),
      );
    }
  } else if (queued.length > 0) print(changesTable(queued, outcomes));
}

function outcomeFields(known: OutcomeSoFar | undefined) {
  if (known === undefined) return {};
  const { outcome, isHeld, status, reason } = known;
  return { outcome, held: isHeld, status, reason };
}

function changesTable(queued: readonly QueuedChange[], outcomes: Outcomes | undefined): string {
  const changes = queued.map(({ change }) => change);
  const lines = queued.flatMap(({ line }) => (line === undefined ? [] : [String(line)]));
  const columns: Column[] = [
    ...(lines.length === 0 ? [] : [{ head: 'line', cells: lines, isNumber: true, dispensable: 3 }]),
    { head: 'changeId', cells: changes.map(({ changeId }) => changeId) },
    { head: 'operation', cells: changes.map(({ operation }) => operation), dispensable: 2 },
    { head: 'subject', cells: changes.map(({ subject }) => subject), dispensable: 1 },
  ];
  if (outcomes === undefined) return tableOf(columns, tableWidth());
  const known = changes.map(({ changeId }) => outcomes.get(changeId));
  const texts = known.map((outcome) => (outcome === undefined ? '' : queuedOutcomeText(outcome)));
  const reasons = known.map((outcome) => reasonCell(outcome?.reason));
  const hasReasons = reasons.some((reason) => reason !== '');
  return tableOf(
    [
      ...columns,
      { head: 'outcome', cells: texts },
      ...(hasReasons ? [{ head: 'reason', cells: reasons, dispensable: 4 }] : []),
    ],
    tableWidth(),
  );
}

/** How many changes were queued, and the command that shows their outcomes. */
export function queuedText(count: number, flags: string): string {
  return `${countOf(count, 'change')} queued; to see the outcomes: npx procurios-sync changes list${flags}`;
}

/** `2 accepted, 1 rejected, 1 unknown (held)`. */
export function countsText(outcomes: Outcomes): string {
  const texts = [...outcomes.values()].map(queuedOutcomeText);
  const counts = Map.groupBy(texts, (text) => text);
  return [...counts].map(([text, each]) => `${grouped(each.length)} ${text}`).join(', ');
}

/**
 * The exit code of a command that queued changes.
 *
 * @param isWhole - Whether all changes were queued.
 * @param outcomes - Undefined if the command did not wait for them; empty if it only sent other changes of the queue.
 */
export function exitCodeOf(isWhole: boolean, outcomes: Outcomes | undefined, signal: AbortSignal): number {
  const known = [...(outcomes?.values() ?? [])];
  const isUnfinished = known.length === 0 ? signal.aborted : known.some(({ isFinal }) => !isFinal);
  const isCutShort = !isWhole || (outcomes !== undefined && isUnfinished);
  if (isCutShort) return signal.aborted ? EXIT.interrupted : EXIT.failed;
  return known.every(({ outcome }) => outcome === 'accepted') ? EXIT.done : EXIT.failed;
}

/** Entries of the ledger as a table. */
export function ledgerTable(entries: readonly ListedEntry[]): string {
  const column = (head: string, cell: (entry: ListedEntry) => string, dispensable?: number): Column => ({
    head,
    cells: entries.map(cell),
    ...(dispensable !== undefined && { dispensable }),
  });
  const columns = [
    column('changeId', ({ changeId }) => changeId),
    column('outcome', outcomeText),
    column('operation', ({ operation = '' }) => operation, 2),
    column('subject', ({ subject = '' }) => subject, 1),
    column('queued at', ({ queuedAt }) => queuedAt, 3),
    { ...column('attempts', ({ attempt }) => String(attempt), 5), isNumber: true },
    { ...column('status', ({ status = '' }) => String(status), 4), isNumber: true },
    column('reason', (entry) => reasonCell(entry.note ?? entry.reason), 6),
  ];
  return tableOf(columns, tableWidth());
}

function reasonCell(reason = ''): string {
  return shortened(printable(reason).replace(/\n/g, ' '), WIDEST_REASON);
}
