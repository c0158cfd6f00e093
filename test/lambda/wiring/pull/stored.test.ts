import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { stateTableName } from '../../../../lambda/deployment/names.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { openOwnListing } from '../../../support/own-listing.ts';

const things = (from: number, to: number, text = 'a') =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index, text }));

describeDynamoDbs('what a pull stores of a listing', (server) => {
  test('keys that are numbers and texts may stand in one list, and a corrected one is an update', async () => {
    await using site = await openOwnListing(server, {
      things: [[{ id: '1' }, ...things(2, 30)], things(31, 60)],
    });

    const mixed = await site.receipt();
    site.pages.things = [things(1, 30), things(31, 60)];
    const corrected = await site.receipt();

    expect(mixed).toMatchObject({ status: 'complete', written: 60, rejected: 0 });
    expect(corrected).toMatchObject({ status: 'complete', written: 1, unchanged: 59, rejected: 0 });
    expect((await site.stored()).objects.size).toBe(60);
  });

  test('a list whose keys all change their type is an update of the same items', async () => {
    await using site = await openOwnListing(server, { things: [things(1, 30)] });
    await site.receipt();

    site.pages.things = [things(1, 30).map((each) => ({ ...each, id: String(each.id) }))];
    const receipt = await site.receipt();

    expect(receipt).toMatchObject({ status: 'complete', written: 30, rejected: 0 });
    expect((await site.stored()).objects.get('7')).toBe('{"id":"7","text":"a"}');
  });

  test('only a key that one walk shows as a number and as a text is rejected', async () => {
    await using site = await openOwnListing(server, {
      things: [[{ id: '5' }, ...things(1, 9)], things(10, 12)],
    });

    const receipt = await site.receipt();

    expect(receipt).toMatchObject({ fetched: 13, written: 11, rejected: 2 });
    const { objects, stateRows } = await site.stored();
    expect(objects.has('5')).toBe(false);
    expect(stateRows).toContainEqual(expect.objectContaining({ sk: 'reject#5', reason: 'KEY_AMBIGUOUS' }));
  });
});

describeDynamoDbs('a pull that stores nothing', (server) => {
  test('a walk of which no object could be stored is incomplete', async () => {
    const unusable = things(1, 20).map((each) => ({ ...each, _hash: 'x' }));
    await using site = await openOwnListing(server, { things: [unusable] });

    const receipt = await site.receipt();

    expect(receipt).toMatchObject({
      status: 'incomplete',
      rejected: 20,
      error: { message: 'none of the 20 objects could be stored; the rejects have the reasons' },
    });
    site.pages.things = [[...unusable, ...things(21, 21)]];
    expect(await site.receipt()).toMatchObject({ status: 'complete', written: 1, rejected: 20 });
  });

  test('a list that is empty today is complete, and the state has both numbers', async () => {
    await using site = await openOwnListing(server, { things: [things(1, 50)] });
    await site.receipt();
    const tableState = async () =>
      (await site.stored()).stateRows.find(({ pk, sk }) => pk === 'stream#things' && sk === 'state');
    const yesterday = await tableState();

    site.pages.things = [];
    const receipt = await site.receipt();

    expect(yesterday).toMatchObject({ listed: 50, inTable: 50 });
    expect(receipt).toMatchObject({ status: 'complete', fetched: 0 });
    expect(await tableState()).toMatchObject({ listed: 0, inTable: 50 });
    expect((await site.stored()).objects.size).toBe(50);
  });
});

describeDynamoDbs('a stream with an unexpected error', (server) => {
  /** Two streams, and a row of the first that no version has written. */
  async function openDamaged() {
    const site = await openOwnListing(server, { damaged: [things(1, 3)], things: [things(1, 3)] });
    await server.client().send(
      new PutItemCommand({
        TableName: stateTableName(site.config.environment),
        Item: { pk: { S: 'walk#damaged' }, sk: { S: 'position' }, ended: { M: { phase: { S: 'ending' } } } },
      }),
    );
    return site;
  }

  test('the other streams are pulled, and the receipt is saved and says so', async () => {
    await using site = await openDamaged();
    const errors: unknown[] = [];

    const run = await site.pull({ onUnexpected: (error) => errors.push(error) });

    expect(run).toMatchObject({
      status: 'failed',
      streams: {
        damaged: { status: 'failed', error: { code: 'BUG', message: expect.stringMatching(/TypeError/) } },
        things: { status: 'complete', written: 3 },
      },
    });
    expect(errors).toEqual([expect.any(TypeError)]);
    expect((await site.stored()).stateRows).toContainEqual(
      expect.objectContaining({ pk: 'run', runId: run.runId }),
    );
  });

  test('a pull that leaves no receipt is recorded by the next one, which begins at once', async () => {
    await using site = await openOwnListing(server, { things: [things(1, 3)] });
    const proxy = await startFaultProxy(server.url);
    closeAfterTest(proxy);
    proxy.onCall(({ body }) => (body.includes('finishedAt') ? 'drop' : undefined));

    const lost = site.pull({ dynamoDb: server.client(proxy.url) });
    await expect(lost).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const next = await site.pull();

    expect(next).toMatchObject({ status: 'complete', streams: { things: { unchanged: 3 } } });
    const runs = (await site.stored()).stateRows.filter(({ pk }) => pk === 'run');
    expect(runs.map(({ status }) => status).sort()).toEqual(['complete', 'failed']);
    expect(runs).toContainEqual(
      expect.objectContaining({
        error: expect.objectContaining({ code: 'INTERRUPTED' }),
        streams: { things: expect.objectContaining({ status: 'complete', written: 3 }) },
      }),
    );
  });
});
