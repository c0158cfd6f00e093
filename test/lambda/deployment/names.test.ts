import { expect, test } from '@jest/globals';
import { ALARMS, type AlarmKey, alarmDescription, alarmName } from '../../../lambda/deployment/alarms.ts';
import {
  changeQueueName,
  clientSecretName,
  dashboardName,
  deadLetterQueueName,
  stackName,
  stateTableName,
  streamTableName,
  userSecretName,
} from '../../../lambda/deployment/names.ts';

test('names follow from environment and stream', () => {
  expect(stateTableName('acme')).toBe('procurios-sync-acme-state');
  expect(streamTableName('acme', 'members')).toBe('procurios-sync-acme-members');
  expect(clientSecretName('acme')).toBe('procurios-sync/acme/client');
  expect(changeQueueName('acme')).toBe('procurios-sync-acme-changes.fifo');
  expect(deadLetterQueueName('acme')).toBe('procurios-sync-acme-changes-dead.fifo');
});

test('the names of the longest environment and stream fit into the limits of AWS', () => {
  const environment = 'a'.repeat(32);

  expect(streamTableName(environment, 'b'.repeat(64)).length).toBeLessThanOrEqual(255);
  expect(stateTableName(environment).length).toBeLessThanOrEqual(255);
  expect(clientSecretName(environment).length).toBeLessThanOrEqual(512);
  expect(userSecretName(environment).length).toBeLessThanOrEqual(512);
  expect(changeQueueName(environment).length).toBeLessThanOrEqual(80);
  expect(deadLetterQueueName(environment).length).toBeLessThanOrEqual(80);
  expect(stackName(environment).length).toBeLessThanOrEqual(128);
  expect(dashboardName(environment).length).toBeLessThanOrEqual(255);
  for (const key of Object.keys(ALARMS) as AlarmKey[]) {
    expect(alarmName(environment, key).length).toBeLessThanOrEqual(255);
    expect(alarmDescription(key, { environment, grant: 'authorizationCode' }).length).toBeLessThanOrEqual(
      1024,
    );
  }
});
