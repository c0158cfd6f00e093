import { expect, test } from '@jest/globals';
import { answered, operationOf, PushWorld } from '../../../support/push-world.ts';

const change = (changeId: string) => ({
  changeId,
  operation: 'register',
  subject: 'relation/1',
  body: { a: 1 },
});
const DAY_SECONDS = 24 * 60 * 60;

test('entries that are accepted or never were a change expire when the config says, and those held for the operator stay', async () => {
  const world = new PushWorld({ register: operationOf() });
  world.answer = (message) => answered(message.includes('refused') ? 400 : 200, {});
  const began = world.clock.time / 1000;
  world.queue(change('fine'));
  world.queue(change('refused'));
  world.queue(change('none'), 'not JSON');

  await world.drain();

  const expiries = [...world.ledger].map(([id, { _expiresAt }]) => [
    id,
    _expiresAt && Math.round((_expiresAt - began) / DAY_SECONDS),
  ]);
  expect(Object.fromEntries(expiries)).toEqual({
    fine: 30,
    refused: undefined,
    [world.ledger.keys().find((id) => id.startsWith('message-')) ?? '']: 30,
  });
});
