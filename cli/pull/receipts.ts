import { styleText } from 'node:util';
import {
  COUNT_NAMES,
  type CountName,
  differentObjects,
  isRare,
  totalOf,
} from '../../lambda/core/pull/counts.ts';
import type { Receipt, RunReceipt, WalkStatus } from '../../lambda/core/pull/receipt.ts';
import { wasBegun } from '../../lambda/core/pull/verdict.ts';
import { readBackLines } from '../../operator/status/read-back-lines.ts';
import { countOf, duration, grouped, printable } from '../../operator/words.ts';
import { countWord } from '../terminal/count-word.ts';
import { type Column, tableOf } from '../terminal/table.ts';
import { tableWidth } from '../terminal/terminal.ts';
import { fitted } from '../terminal/text.ts';

const COLOURS = { complete: 'green', incomplete: 'yellow', failed: 'red' } as const;

/** What the text of a run depends on besides its receipts. */
interface RunContext {
  readonly isDryRun: boolean;
  /** One line for each list that has shrunk. */
  readonly shrunk: readonly string[];
  /** Flags with which a command looks at the same tables. */
  readonly flags: string;
}

/** The receipts of a run as text: a table, the errors, the lists that have shrunk, and how the run ended. */
export function receiptsText(run: RunReceipt, { isDryRun, shrunk, flags }: RunContext): string {
  const begun = Object.entries(run.streams).filter(([, receipt]) => wasBegun(receipt));
  const shown = { ...run, streams: Object.fromEntries(begun) };
  const left = Object.keys(run.streams).length - begun.length;
  return [
    ...(begun.length > 0 ? [receiptsTable(shown, isDryRun), ''] : []),
    ...errorLines(shown).map(fitted),
    ...(left > 0 ? [`not begun: ${countOf(left, 'stream')}`] : []),
    ...helpLines(shown),
    ...readBackLines(run.streams).map(fitted),
    ...(isDryRun ? [] : rejectHints(run, flags)),
    ...heldHint(run, flags),
    ...shrunk.map((line) => coloured('yellow', fitted(line))),
    verdict(run, isDryRun),
  ].join('\n');
}

/** The counts that a narrow terminal leaves out, as {@link Column} says. */
const DISPENSABLE: Partial<Record<CountName, Pick<Column, 'dispensable'>>> = {
  pages: { dispensable: 1 },
  requests: { dispensable: 2 },
};

/** What became of deletes, shown where there is something. */
const DELETES = ['gone', 'held', 'returned'] as const;

function receiptsTable({ status, streams }: RunReceipt, isDryRun: boolean): string {
  const receipts = Object.values(streams);
  const shown = COUNT_NAMES.filter((name) => !isRare(name) || totalOf(receipts, name) > 0);
  const columns: Column[] = [
    { head: 'stream', cells: Object.keys(streams) },
    ...(status === 'complete' ? [] : [{ head: 'status', cells: receipts.map((receipt) => receipt.status) }]),
    ...shown.map((name) => ({
      head: countWord(name, isDryRun),
      cells: receipts.map((receipt) => grouped(receipt[name])),
      isNumber: true,
      ...DISPENSABLE[name],
    })),
    ...DELETES.filter((name) => receipts.some((receipt) => (receipt[name] ?? 0) > 0)).map((name) => ({
      head: name,
      cells: receipts.map((receipt) => grouped(receipt[name] ?? 0)),
      isNumber: true,
    })),
  ];
  return tableOf(columns, tableWidth());
}

/** One line for each error, with all the streams that had it. An error of the run itself comes first. */
function errorLines({ streams, error: ofRun }: RunReceipt): string[] {
  const names = new Map<string, string[]>();
  for (const [stream, { error }] of Object.entries(streams)) {
    if (error === undefined) continue;
    const line = printable(`${error.code} ${error.message}`);
    names.set(line, [...(names.get(line) ?? []), stream]);
  }
  const ofStreams = [...names].map(([line, affected]) => `${affected.join(', ')}: ${line}`);
  return ofRun === undefined ? ofStreams : [printable(`${ofRun.code} ${ofRun.message}`), ...ofStreams];
}

/** One line for each code, with the command that explains it. */
function helpLines({ streams, error }: RunReceipt): string[] {
  const failures = [error, ...Object.values(streams).map((receipt: Receipt) => receipt.error)];
  const codes = new Set(failures.map((failure) => failure?.code));
  return [...codes].flatMap((code) =>
    code === undefined || code === 'INTERRUPTED' ? [] : [`what to do: npx procurios-sync help ${code}`],
  );
}

function rejectHints({ streams }: RunReceipt, flags: string): string[] {
  return Object.entries(streams)
    .filter(([, { rejected }]) => rejected > 0)
    .map(
      ([stream, { rejected }]) =>
        `${stream}: ${grouped(rejected)} rejected; see npx procurios-sync show ${stream} --rejects${flags}`,
    );
}

/** `deletes held for an operator: 12 of members, 3 of orders; npx procurios-sync deletes list shows why`. */
function heldHint({ streams }: RunReceipt, flags: string): string[] {
  const counts = Object.entries(streams).flatMap(([stream, { held = 0 }]) =>
    held > 0 ? [`${grouped(held)} of ${stream}`] : [],
  );
  if (counts.length === 0) return [];
  return [
    coloured(
      'red',
      `deletes held for an operator: ${counts.join(', ')}; npx procurios-sync deletes list${flags} shows why`,
    ),
  ];
}

/** `complete: 7 streams, 3 of 5,841 objects written, 4.1 s`. */
function verdict({ status, streams, startedAt, finishedAt }: RunReceipt, isDryRun: boolean): string {
  const receipts = Object.values(streams);
  const complete = receipts.filter((receipt) => receipt.status === 'complete').length;
  const parts = [
    status === 'complete'
      ? countOf(complete, 'stream')
      : `${complete} of ${countOf(receipts.length, 'stream')} complete`,
    `${grouped(totalOf(receipts, 'written'))} of ${countOf(differentObjects(receipts), 'object')} ${countWord('written', isDryRun)}`,
    duration(Date.parse(finishedAt) - Date.parse(startedAt)),
  ];
  const note = isDryRun ? ' (dry run: nothing was written)' : '';
  return `${coloured(COLOURS[status], status)}: ${parts.join(', ')}${note}`;
}

function coloured(colour: (typeof COLOURS)[WalkStatus], text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}
