import { expect, test } from '@jest/globals';
import {
  changeQueueName,
  clientSecretName,
  deadLetterQueueName,
  stateTableName,
  streamTableName,
} from '../../../lambda/deployment/names.ts';

test('names follow from environment and stream', () => {
  expect(stateTableName('acme')).toBe('procurios-sync-acme-state');
  expect(streamTableName('acme', 'members')).toBe('procurios-sync-acme-members');
  expect(clientSecretName('acme')).toBe('procurios-sync/acme/client');
  expect(changeQueueName('acme')).toBe('procurios-sync-acme-changes.fifo');
  expect(deadLetterQueueName('acme')).toBe('procurios-sync-acme-changes-dead.fifo');
});

test('the longest queue name fits in what SQS allows', () => {
  expect(deadLetterQueueName('a'.repeat(32)).length).toBeLessThanOrEqual(80);
});

test('the longest table name fits in what DynamoDB allows', () => {
  expect(streamTableName('a'.repeat(32), 'b'.repeat(64)).length).toBeLessThanOrEqual(255);
});
