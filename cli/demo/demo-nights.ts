import { stringifyJson } from '../../lambda/core/json.ts';
import type { Receipt, RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { Control } from '../../local/simulator/simulator.ts';
import type { Session } from '../../operator/session.ts';
import { findItem } from '../../operator/tables/tables.ts';
import { print } from '../terminal/output-lines.ts';
import { printAccepted } from './demo-changes.ts';
import { printAbsences, printFact, printMember } from './demo-facts.ts';
import type { DemoStack } from './demo-stack.ts';

/** The person who gets another e-mail address. */
const EDITED = 7;
/** The person who becomes larger than an item in DynamoDB can be. */
const OUTGROWN = 42;
/** The person who is taken out of the collection. */
export const LEAVER = 150;
const SURVIVOR = 199;
/** The person who is merged into the survivor by mistake. */
const MERGED = 200;
const CHANNELS = 'GET /l/engagement_api/channel';

/** Pulls for the first time. */
export async function showFirstNight(stack: DemoStack): Promise<RunReceipt> {
  print('Night 1. 04:00, the schedule starts the pull: everything is new.');
  return await stack.pull();
}

/** Changes the simulated Procurios as its users would, and breaks the list of channels. */
export function showWorkingDay(control: Control): void {
  control.edit('relation', EDITED, { email_addresses: ['new.address@example.com'] });
  control.create('relation', { first_name: 'Ada' });
  control.create('order');
  control.edit('relation', OUTGROWN, { remarks: 'A whole book. '.repeat(40_000) });
  control.merge(MERGED, SURVIVOR);
  control.remove('relation', LEAVER);
  control.fault({ route: CHANNELS, do: { kind: 'emptyListing' } });
  print(`
The day after, in Procurios:
  person ${EDITED} gets another e-mail address; a person and an order are added
  person ${OUTGROWN} gets 560 KB of remarks: more than an item in DynamoDB can hold
  person ${MERGED} is merged into ${SURVIVOR}; person ${LEAVER} is taken out of the collection
  a right is taken away by mistake: the list of channels looks empty from now on`);
}

/** Pulls the differences. What the list no longer shows is gone only if the archive says so. */
export async function showSecondNight(session: Session, stack: DemoStack): Promise<void> {
  print('\nNight 2. The pull compares everything, and writes only what differs.');
  await stack.pull(isEventful);
  const { email_addresses = null } = await findItem(session, 'members', String(EDITED));
  printFact(`members ${EDITED}`, `its item now has email_addresses ${stringifyJson(email_addresses)}`);
  printFact(`members ${OUTGROWN}`, 'rejected, with the reason; its item is as it was');
  await printMember(session, MERGED);
  await printMember(session, LEAVER);
  await printAbsences(session, 'channels');
}

/** Pulls once more: a person is back, and what is missing of the channels is too much to go without an operator. */
export async function showThirdNight(session: Session, stack: DemoStack, control: Control): Promise<void> {
  control.restore('relation', MERGED);
  print(`
The day after, in Procurios:
  person ${MERGED} was merged by mistake, and is brought back

Night 3. What is back is written again. What is still missing was missed again.`);
  await stack.pull(isEventful);
  await printMember(session, MERGED);
  await printMember(session, LEAVER);
  await printAbsences(session, 'channels');
}

/** Pulls for the last time: a person is gone for good, the channels are back, and so is what the accepted change did. */
export async function showFourthNight(session: Session, stack: DemoStack): Promise<RunReceipt> {
  print(`\nNight 4. The third walk that misses person ${LEAVER}, so the list is read once more.`);
  const receipt = await stack.pull(isEventful);
  await printMember(session, LEAVER);
  await printAbsences(session, 'channels');
  await printAccepted(session);
  return receipt;
}

/** Whether a walk did more than compare. */
function isEventful({ fetched, written, rejected }: Receipt): boolean {
  return written + rejected > 0 || fetched === 0;
}
