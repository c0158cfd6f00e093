import { expect, test } from '@jest/globals';
import { clientSecretName, stateTableName, streamTableName } from '../../lambda/config/names.ts';

test('names follow from environment and stream', () => {
  expect(stateTableName('acme')).toBe('procurios-sync-acme-state');
  expect(streamTableName('acme', 'members')).toBe('procurios-sync-acme-members');
  expect(clientSecretName('acme')).toBe('procurios-sync/acme/client');
});

test('the longest table name fits in what DynamoDB allows', () => {
  expect(streamTableName('a'.repeat(32), 'b'.repeat(64)).length).toBeLessThanOrEqual(255);
});
