import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Receipt, RunReceipt, WalkStatus } from '../lambda/core/receipt.ts';

const COLOURS = { complete: 'green', incomplete: 'yellow', failed: 'red' } as const;
const COUNTS = ['pages', 'fetched', 'written', 'unchanged', 'repeated', 'rejected', 'requests'] as const;

/** Digits in groups of three, the same everywhere: `12,345`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 page`, `12,345 pages`. */
export function countOf(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1.2 s`, `4:05 min`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}

/** A receipt in a line: `4,000 objects on 40 pages: 12 written, 3,988 unchanged`. */
export function receiptLine(receipt: Receipt, isDryRun: boolean): string {
  const { fetched, pages, written, unchanged, repeated, rejected } = receipt;
  const parts = [
    `${grouped(written)} ${isDryRun ? 'to write' : 'written'}`,
    `${grouped(unchanged)} unchanged`,
    ...(repeated > 0 ? [`${grouped(repeated)} repeated`] : []),
    ...(rejected > 0 ? [`${grouped(rejected)} rejected`] : []),
  ];
  return `${countOf(fetched, 'object')} on ${countOf(pages, 'page')}: ${parts.join(', ')}`;
}

/** The receipts of a run as a table, with what went wrong below it. */
export function receiptsTable(run: RunReceipt, isDryRun: boolean): string {
  const table = plainTable(
    ['stream', 'status', ...COUNTS.map((name) => (isDryRun && name === 'written' ? 'to write' : name))],
    2,
  );
  for (const [stream, receipt] of Object.entries(run.streams)) {
    table.push([stream, status(receipt.status), ...COUNTS.map((name) => grouped(receipt[name]))]);
  }
  const errors = Object.entries(run.streams).flatMap(([stream, { error }]) =>
    error === undefined ? [] : [`${stream}: ${error.code} ${error.message}`],
  );
  const rejecting = Object.entries(run.streams).filter(([, { rejected }]) => rejected > 0);
  const hints = isDryRun
    ? []
    : rejecting.map(
        ([stream]) => `${stream}: see "procurios-sync show ${stream} --rejects" for what was rejected`,
      );
  return [table.toString(), ...errors, ...hints].join('\n');
}

export function status(value: WalkStatus): string {
  return styleText(COLOURS[value], value, { stream: process.stdout });
}

/**
 * A table without colours of its own.
 *
 * @param textColumns - This many columns are text; the others are numbers and stand to the right.
 */
export function plainTable(head: readonly string[], textColumns: number): Table.Table {
  return new Table({
    head: [...head],
    colAligns: head.map((_, index) => (index < textColumns ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
}
