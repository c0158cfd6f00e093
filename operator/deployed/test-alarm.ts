import { type CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { translate } from '../../lambda/aws/aws-errors.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { CommandError } from '../command-error.ts';
import { readAlarms } from './alarms.ts';
import type { DeployedClients } from './aws-clients.ts';
import { readStack, requireOutput } from './stack.ts';
import { countSubscriptions } from './subscriptions.ts';

/** A test of the way from an alarm to its readers. */
export interface AlarmTest {
  /** The alarm that was raised. CloudWatch evaluates it again within minutes, and it clears. */
  readonly alarm: string;
  readonly subscriptions: number;
}

/**
 * Raises one of the environment's alarms, so that its readers get a message.
 *
 * @throws {CommandError} `NOT_DEPLOYED`; `NOT_POSSIBLE` if there is no reader, or no alarm that could be raised.
 * @throws {SyncError} `STORE_*`.
 */
export async function testAlarm({ environment }: Config, clients: DeployedClients): Promise<AlarmTest> {
  const stack = await readStack(clients.cloudFormation, environment);
  const { confirmed, pending } = await countSubscriptions(clients.sns, requireOutput(stack, 'alarmTopic'));
  if (confirmed === 0) {
    const why = pending > 0 ? 'the subscription waits to be confirmed' : 'the topic has no subscription';
    throw new CommandError('NOT_POSSIBLE', `no alarm was raised, because it would reach no operator: ${why}`);
  }
  // An alarm that is on already sends no message when it is set again.
  const quiet = (await readAlarms(clients.cloudWatch, environment)).find(({ state }) => state !== 'ALARM');
  if (quiet === undefined) throw new CommandError('NOT_POSSIBLE', 'the stack has no alarm that is quiet');
  await raise(clients.cloudWatch, quiet.name);
  return { alarm: quiet.name, subscriptions: confirmed };
}

async function raise(client: CloudWatchClient, AlarmName: string): Promise<void> {
  const StateReason = 'A test by an operator of procurios-sync. Nothing is wrong.';
  try {
    await client.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason }));
  } catch (error) {
    throw translate(error, `alarm ${AlarmName}`);
  }
}
