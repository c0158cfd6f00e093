import { readItem } from '../lambda/aws/read-items.ts';
import type { Config } from '../lambda/config/config.ts';
import { streamTableName } from '../lambda/config/names.ts';
import type { Change } from '../lambda/core/change.ts';
import { type Json, stringifyJson } from '../lambda/core/json.ts';
import { deleteQueues } from '../local/endpoints/queues.ts';
import type { Control } from '../local/simulator/simulator.ts';
import { waitForOutcomes } from './await-outcomes.ts';
import { openChanges } from './change-access.ts';
import { printChanges } from './change-texts.ts';
import { print } from './command.ts';
import type { Session } from './session.ts';

type DemoChange = Change & { readonly body: Json };

const CHANGES: readonly DemoChange[] = [
  change('new-member', 'register', 'form/1', { first_name: 'Grace', last_name: 'Voorbeeld' }),
  change('wrong-campaign', 'addAction', 'campaign/9999', { description: 'Call', campaignId: 9999 }),
  change('no-answer', 'createThing', 'thing/1', { title: 'Sent once' }),
];

function change(changeId: string, operation: string, subject: string, body: Json): DemoChange {
  return { changeId, operation, subject, parameters: {}, body };
}

const NEVER = new AbortController().signal;

const WHAT_CAME_OF_THEM = `
wrong-campaign  refused: its errors are in the ledger, its body until it is settled
no-answer       perhaps applied: not sent again by itself, a person decides`;

/**
 * Has three changes sent, one that Procurios accepts, one that it refuses and one whose answer is lost, and then the
 * first come back with a pull.
 *
 * @param pull - Pulls the config's streams.
 */
export async function showPush(
  config: Config,
  session: Session,
  control: Control,
  pull: (config: Config, session: Session) => Promise<unknown>,
): Promise<void> {
  // What a demo that was cut short left there.
  await deleteQueues(session.sqs, config);
  await using access = await openChanges(config, session, NEVER);
  control.fault({ route: 'POST /l/module_api/object', do: { kind: 'lostReply' } });

  print('\nThe other way: a program queues three changes, and each is sent once.');
  await access.queue.send(
    CHANGES.map((each) => ({
      text: stringifyJson({ ...each }),
      group: each.subject,
      deduplicationId: each.changeId,
    })),
  );
  const queued = CHANGES.map((each) => ({ change: each }));
  printChanges(queued, await waitForOutcomes(queued, access, NEVER), { config: '' });

  print(WHAT_CAME_OF_THEM);
  print('\nThird pull, of the members: the one that was accepted comes back.');
  await pull({ ...config, streams: config.streams.filter(({ name }) => name === 'members') }, session);
  const { relationId = '' } = (await access.ledger.read('new-member'))?.ids ?? {};
  const item = await readItem(session.dynamoDb, streamTableName(config.environment, 'members'), relationId);
  print(`members ${relationId}  ${item?.first_name} ${item?.last_name}, as the change says`);
}
