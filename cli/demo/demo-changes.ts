import { type Json, stringifyJson } from '../../lambda/core/json.ts';
import type { Change } from '../../lambda/core/push/change.ts';
import type { Control } from '../../local/simulator/simulator.ts';
import { putChangeEvent } from '../../operator/changes/put-change-event.ts';
import type { Session } from '../../operator/session.ts';
import { findItem } from '../../operator/tables/tables.ts';
import { printChanges } from '../changes/texts.ts';
import { waitForOutcomes } from '../changes/wait.ts';
import { print } from '../terminal/output-lines.ts';
import { printFact } from './demo-facts.ts';
import type { DemoStack } from './demo-stack.ts';

type DemoChange = Change & { readonly body: Json };

const ACCEPTED = change('new-member', 'register', 'form/1', {
  first_name: 'Grace',
  last_name: 'Voorbeeld',
});
const ANSWER_LOST = change('no-answer', 'createThing', 'thing/1', { title: 'Sent once' });
const REJECTED = change('wrong-campaign', 'addAction', 'campaign/9999', {
  description: 'Call',
  campaignId: 9999,
});

function change(changeId: string, operation: string, subject: string, body: Json): DemoChange {
  return { changeId, operation, subject, parameters: {}, body };
}

const EXPLANATION = `
wrong-campaign  rejected: the ledger has its errors, and its body until settled
no-answer       perhaps applied, so it is not sent again: an operator decides`;

/**
 * Sends three changes: Procurios accepts one, rejects one, and its answer to one is lost. Two come through the queue and one
 * as an event.
 */
export async function showChanges(session: Session, stack: DemoStack, control: Control): Promise<void> {
  control.fault({ route: 'POST /l/module_api/object', do: { kind: 'lostReply' } });

  print(
    '\nThe other way: a program queues two changes, another puts a third as an event.\nEach is sent once.',
  );
  await session.queue().send(
    [ACCEPTED, ANSWER_LOST].map((each) => ({
      text: stringifyJson({ ...each }),
      group: each.subject,
      deduplicationId: each.changeId,
    })),
  );
  await putChangeEvent('demo', session.config.environment, REJECTED);
  const queued = [ACCEPTED, ANSWER_LOST, REJECTED].map((each) => ({ change: each }));
  printChanges(queued, await waitForStack(session, stack, queued), { config: '' });
  print(EXPLANATION);
}

/** Waits until the functions of the stack have emptied the queue. */
async function waitForStack(
  session: Session,
  stack: DemoStack,
  queued: readonly { readonly change: Change }[],
) {
  const embedded = { idle: () => stack.idle(), async close() {} };
  return await waitForOutcomes(queued, { ledger: session.ledger(), embedded }, new AbortController().signal);
}

/** Prints that the person whom the accepted change created is in the table. */
export async function printAccepted(session: Session): Promise<void> {
  const { relationId = '' } = (await session.ledger().read(ACCEPTED.changeId))?.ids ?? {};
  const { first_name, last_name } = await findItem(session, 'members', relationId);
  printFact(`members ${relationId}`, `${first_name} ${last_name}, as the change says`);
}
