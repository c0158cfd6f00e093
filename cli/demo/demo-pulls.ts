import { stringifyJson } from '../../lambda/core/json.ts';
import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { Control } from '../../local/simulator/simulator.ts';
import type { Session } from '../../operator/session.ts';
import { findItem } from '../../operator/tables/tables.ts';
import { grouped } from '../../operator/words.ts';
import { print } from '../terminal/output-lines.ts';
import { tableOf } from '../terminal/table.ts';
import type { DemoStack } from './demo-stack.ts';

/** The relation whose item the demo shows. */
export const EDITED = 7;
/** The relation that becomes larger than an item in DynamoDB can be. */
const OUTGROWN = 42;

/** Pulls for the first time. */
export async function showFirstNight(stack: DemoStack): Promise<RunReceipt> {
  print('04:00, the schedule starts the pull: everything is new.');
  return await stack.pull();
}

/** Edits the simulated Procurios as its users would. */
export function showWorkingDay(control: Control): void {
  control.edit('relation', EDITED, { email_addresses: ['new.address@example.com'] });
  control.edit('relation', 1234, { last_name: 'van Buren' });
  control.create('relation', { first_name: 'Ada' });
  control.edit('relation', OUTGROWN, { remarks: 'A whole book. '.repeat(40_000) });
  control.merge(2000, 1999);
  for (let count = 0; count < 3; count += 1) control.create('contactMoment');
  control.create('order');
  print(`
Meanwhile, people work in Procurios:
  relation ${EDITED} gets another e-mail address, 1234 another name; one is added
  relation ${OUTGROWN} gets 560 KB of remarks: more than an item in DynamoDB can hold
  relation 2000 is merged into 1999: it leaves the list and enters the archive
  three contact moments and an order come in`);
}

/** Pulls for the second time, and compares the two pulls. */
export async function showSecondNight(
  session: Session,
  stack: DemoStack,
  first: RunReceipt,
): Promise<RunReceipt> {
  print('\nThe next night: the pull compares everything, and writes only what differs.');
  const second = await stack.pull();
  print(`\n${sideBySide(first, second)}\n`);

  const { email_addresses = null } = await findItem(session, 'members', String(EDITED));
  print(`members ${EDITED}     its item now has email_addresses ${stringifyJson(email_addresses)}
members ${OUTGROWN}    rejected, with the reason; its item is as it was
members 2000  still there, because the pull does not delete yet`);
  return second;
}

function sideBySide(first: RunReceipt, second: RunReceipt): string {
  const receipts = Object.entries(second.streams);
  const numbers = (head: string, values: readonly (number | undefined)[]) => ({
    head,
    cells: values.map((value) => grouped(value ?? 0)),
    isNumber: true,
  });
  const columns = [
    { head: 'stream', cells: receipts.map(([stream]) => stream) },
    numbers(
      '1st: written',
      receipts.map(([stream]) => first.streams[stream]?.written),
    ),
    numbers(
      '2nd: written',
      receipts.map(([, { written }]) => written),
    ),
    ...(['unchanged', 'rejected', 'requests'] as const).map((name) =>
      numbers(
        name,
        receipts.map(([, receipt]) => receipt[name]),
      ),
    ),
  ];
  return tableOf(columns, undefined);
}
