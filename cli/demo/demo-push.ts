import { createEventBridge } from '../../lambda/aws/clients.ts';
import { putEvent } from '../../lambda/aws/event-bus.ts';
import { type Json, stringifyJson } from '../../lambda/core/json.ts';
import type { Change } from '../../lambda/core/push/change.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { EVENTS, streamTableName } from '../../lambda/deployment/names.ts';
import type { Control } from '../../local/simulator/simulator.ts';
import type { ChangeAccess } from '../../operator/changes/open-changes.ts';
import type { Session } from '../../operator/session.ts';
import { readItem } from '../../operator/tables/read-items.ts';
import { printChanges } from '../changes/texts.ts';
import { waitForOutcomes } from '../changes/wait.ts';
import { print } from '../terminal/output-lines.ts';
import type { DemoStack } from './demo-stack.ts';

type DemoChange = Change & { readonly body: Json };

const QUEUED: readonly DemoChange[] = [
  change('new-member', 'register', 'form/1', { first_name: 'Grace', last_name: 'Voorbeeld' }),
  change('no-answer', 'createThing', 'thing/1', { title: 'Sent once' }),
];
const BY_EVENT = change('wrong-campaign', 'addAction', 'campaign/9999', {
  description: 'Call',
  campaignId: 9999,
});
const CHANGES: readonly DemoChange[] = [...QUEUED, BY_EVENT];

function change(changeId: string, operation: string, subject: string, body: Json): DemoChange {
  return { changeId, operation, subject, parameters: {}, body };
}

const NEVER = new AbortController().signal;

const WHAT_CAME_OF_THEM = `
wrong-campaign  refused: its errors are in the ledger, its body until it is settled
no-answer       perhaps applied: not sent again by itself, a person decides`;

/**
 * Has three changes sent, one that Procurios accepts, one that it refuses and one whose answer is lost, and then the
 * first come back with a pull. One of them arrives as an event, the others by the queue.
 */
export async function showPush(
  config: Config,
  session: Session,
  stack: DemoStack,
  control: Control,
): Promise<void> {
  const access = openAccess(session, stack);
  control.fault({ route: 'POST /l/module_api/object', do: { kind: 'lostReply' } });

  print('\nThe other way: programs queue two changes and put an event with a third; each is sent once.');
  await access.queue.send(
    QUEUED.map((each) => ({
      text: stringifyJson({ ...each }),
      group: each.subject,
      deduplicationId: each.changeId,
    })),
  );
  await putChangeEvent(BY_EVENT);
  const queued = CHANGES.map((each) => ({ change: each }));
  printChanges(queued, await waitForOutcomes(queued, access, NEVER), { config: '' });

  print(WHAT_CAME_OF_THEM);
  print('\nThe third night: the one that was accepted comes back.');
  await stack.pull();
  const { relationId = '' } = (await access.ledger.read('new-member'))?.ids ?? {};
  const item = await readItem(session.dynamoDb, streamTableName(config.environment, 'members'), relationId);
  print(`members ${relationId}  ${item?.first_name} ${item?.last_name}, as the change says`);
}

/** The ledger and the queue; the stack's functions empty it. */
function openAccess(session: Session, stack: DemoStack): ChangeAccess {
  return {
    ledger: session.ledger(),
    queue: session.queue(),
    embedded: { idle: () => stack.idle(), async close() {} },
    async [Symbol.asyncDispose]() {},
  };
}

async function putChangeEvent(detail: DemoChange): Promise<void> {
  const eventBridge = createEventBridge();
  await putEvent(eventBridge, { ...EVENTS.change, source: 'demo', detail });
  eventBridge.destroy();
}
