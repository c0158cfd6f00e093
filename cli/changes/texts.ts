import type { ListedEntry } from '../../lambda/aws/state/ledger.ts';
import { isHeld, type Outcome } from '../../lambda/core/push/ledger-entry.ts';
import type { FateSoFar, KnownFates, QueuedChange } from '../../operator/changes/queued-change.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { grouped, printable, shortened } from '../../operator/words.ts';
import { EXIT, print } from '../terminal/output-lines.ts';
import { type Column, tableOf } from '../terminal/table.ts';
import { tableWidth } from '../terminal/terminal.ts';

const WIDEST_REASON = 70;

/** `unknown (held)`, `accepted`, `rejected (settled)`. */
export function outcomeText(
  outcome: Outcome,
  mark: { readonly isHeld: boolean; readonly isSettled?: boolean },
): string {
  if (mark.isHeld) return `${outcome} (held)`;
  return mark.isSettled ? `${outcome} (settled)` : outcome;
}

/** Prints the changes that were queued, and what became of them as far as that is known. */
export function printChanges(
  queued: readonly QueuedChange[],
  fates: KnownFates,
  { json }: CommonOptions,
): void {
  if (json) {
    for (const { line, change } of queued) {
      const { changeId, operation, subject } = change;
      print(JSON.stringify({ line, changeId, operation, subject, ...fateFields(fates?.get(changeId)) }));
    }
  } else if (queued.length > 0) print(changesTable(queued, fates));
}

function fateFields(fate: FateSoFar | undefined) {
  if (fate === undefined) return {};
  const { outcome, isHeld, status, reason } = fate;
  return { outcome, held: isHeld, status, reason };
}

function changesTable(queued: readonly QueuedChange[], fates: KnownFates): string {
  const changes = queued.map(({ change }) => change);
  const lines = queued.flatMap(({ line }) => (line === undefined ? [] : [String(line)]));
  const columns: Column[] = [
    ...(lines.length === 0 ? [] : [{ head: 'line', cells: lines, isNumber: true, dispensable: 3 }]),
    { head: 'changeId', cells: changes.map(({ changeId }) => changeId) },
    { head: 'operation', cells: changes.map(({ operation }) => operation), dispensable: 2 },
    { head: 'subject', cells: changes.map(({ subject }) => subject), dispensable: 1 },
  ];
  if (fates === undefined) return onTerminal(columns);
  const known = changes.map(({ changeId }) => fates.get(changeId));
  const outcomes = known.map((fate) => (fate === undefined ? '' : outcomeText(fate.outcome, fate)));
  const reasons = known.map((fate) => reasonCell(fate?.reason));
  return onTerminal([
    ...columns,
    { head: 'outcome', cells: outcomes },
    ...(reasons.some((reason) => reason !== '') ? [{ head: 'reason', cells: reasons, dispensable: 4 }] : []),
  ]);
}

/** `2 accepted, 1 rejected, 1 unknown (held)`. */
export function countsText(fates: ReadonlyMap<string, FateSoFar>): string {
  const texts = [...fates.values()].map((fate) => outcomeText(fate.outcome, fate));
  const counts = Map.groupBy(texts, (text) => text);
  return [...counts].map(([text, each]) => `${grouped(each.length)} ${text}`).join(', ');
}

/**
 * What queueing changes comes to.
 *
 * @param isWhole - All were queued that should be.
 */
export function exitCodeOf(isWhole: boolean, fates: KnownFates, signal: AbortSignal): number {
  const known = [...(fates?.values() ?? [])];
  // Without any it was the rest of the queue that was waited for.
  const isLeft = known.length === 0 ? signal.aborted : known.some(({ isFinal }) => !isFinal);
  const isCutShort = !isWhole || (fates !== undefined && isLeft);
  if (isCutShort) return signal.aborted ? EXIT.interrupted : EXIT.failed;
  return known.every(({ outcome }) => outcome === 'accepted') ? EXIT.done : EXIT.failed;
}

/** Entries of the ledger. */
export function ledgerTable(entries: readonly ListedEntry[]): string {
  const column = (head: string, cell: (entry: ListedEntry) => string, dispensable?: number): Column => ({
    head,
    cells: entries.map(cell),
    ...(dispensable !== undefined && { dispensable }),
  });
  return onTerminal([
    column('changeId', ({ changeId }) => changeId),
    column('outcome', (entry) =>
      outcomeText(entry.outcome, { isHeld: isHeld(entry), isSettled: entry.note !== undefined }),
    ),
    column('operation', ({ operation = '' }) => operation, 2),
    column('subject', ({ subject = '' }) => subject, 1),
    column('queued at', ({ queuedAt }) => queuedAt, 3),
    { ...column('attempts', ({ attempt }) => String(attempt), 5), isNumber: true },
    { ...column('status', ({ status = '' }) => String(status), 4), isNumber: true },
    column('reason', (entry) => reasonCell(entry.note ?? entry.reason), 6),
  ]);
}

function reasonCell(reason = ''): string {
  return shortened(printable(reason).replace(/\n/g, ' '), WIDEST_REASON);
}

function onTerminal(columns: readonly Column[]): string {
  return tableOf(columns, tableWidth());
}
