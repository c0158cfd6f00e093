import type { Control } from '../../local/simulator/simulator.ts';
import { planApproval } from '../../operator/deletes/approval-plan.ts';
import { approve } from '../../operator/deletes/approve.ts';
import { listDeletes } from '../../operator/deletes/list.ts';
import type { Session } from '../../operator/session.ts';
import { approvalText } from '../deletes/approve.ts';
import { print } from '../terminal/output-lines.ts';
import { printFact } from './demo-facts.ts';

/** The channel that was removed in Procurios. The others only look removed. */
const REMOVED = 6;

/** Approves, as `deletes approve` does, the one held channel that was removed in Procurios. Then the list of channels is mended. */
export async function showApproval(session: Session, control: Control): Promise<void> {
  control.remove('channel', REMOVED);
  const id = String(control.keyOf('channel', REMOVED));
  const [summary] = await listDeletes(session, 'channels');
  const heldId = summary?.held?.id ?? '';
  print(`
The operator looks, knows that one channel was removed, and approves that one:
  $ npx procurios-sync deletes approve channels ${heldId} ${id}`);
  const plan = await planApproval(session, 'channels', heldId, [id]);
  const signal = new AbortController().signal;
  const end = await approve(session, plan, { note: undefined, signal, onWatch() {} });
  printFact('channels', approvalText(plan.ids.length, end));
  control.clearFaults();
  print('A colleague gives the right back, so the list shows the five others.');
}
