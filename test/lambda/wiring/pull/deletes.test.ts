import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, jest, test } from '@jest/globals';
import { readKnown } from '../../../../lambda/aws/state/absence-store.ts';
import { queryRows } from '../../../../lambda/aws/state/rows.ts';
import { createStateTable } from '../../../../lambda/aws/state/state-table.ts';
import { stateTableName, streamTableName } from '../../../../lambda/deployment/names.ts';
import { scanItems } from '../../../../operator/tables/read-items.ts';
import { type DynamoDbServer, describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { type OwnListing, openOwnListing } from '../../../support/own-listing.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const realNow = Date.now;
const ONE_PAGE = { paging: { kind: 'onePage' }, deletes: 'fromWalk', goneAfter: 2 } as const;

const things = (count: number, without: readonly number[] = []) =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, text: 'a' })).filter(
    ({ id }) => !without.includes(id),
  );

let shiftedMs = 0;
/** Makes it a day later for this process. */
function nextNight(): void {
  shiftedMs += DAY_MS;
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() + shiftedMs);
}
afterEach(() => {
  jest.restoreAllMocks();
});

/** Why items are tombstones, by their ids, and the ids of the others. */
async function itemsOf(server: DynamoDbServer, { config }: OwnListing) {
  const tableName = streamTableName(config.environment, 'things');
  const items: Record<string, unknown>[] = [];
  for await (const page of scanItems(server.client(), tableName, { withDeleted: true })) items.push(...page);
  const tombstones = items.filter(({ _deletedAt }) => _deletedAt !== undefined);
  const live = items.filter(({ _deletedAt }) => _deletedAt === undefined);
  return {
    tombstones: new Map(tombstones.map((item) => [String(item._id), item])),
    live: live.map(({ _id }) => Number(_id)).sort((one, other) => one - other),
  };
}

async function knownOf(server: DynamoDbServer, { config }: OwnListing) {
  const state = createStateTable(server.client(), stateTableName(config.environment));
  return (await readKnown(state, 'things')).known;
}

describeDynamoDbs('an object that leaves a listing', (server) => {
  test('it is a tombstone in the second night that misses it, and an item again in the night that shows it', async () => {
    await using site = await openOwnListing(server, { things: [things(30)] }, server.url, ONE_PAGE);
    await site.receipt();
    site.pages.things = [things(30, [7])];
    nextNight();
    const missed = await site.receipt();
    nextNight();
    const gone = await site.receipt();
    const { tombstones, live } = await itemsOf(server, site);

    expect(missed).toMatchObject({ status: 'complete', evidence: 'counted', live: 30, missed: 1, gone: 0 });
    expect(gone).toMatchObject({ status: 'complete', missed: 0, gone: 1, look: 'proved' });
    expect([...tombstones.keys()]).toEqual(['7']);
    expect(tombstones.get('7')).toMatchObject({
      _hash: 'gone',
      _deletedBecause: expect.stringMatching(/^absent \S+ \S+$/),
      text: 'a',
    });
    expect(live).toHaveLength(29);

    site.pages.things = [things(30)];
    nextNight();
    expect(await site.receipt()).toMatchObject({ written: 1, unchanged: 29, returned: 1 });
    expect((await itemsOf(server, site)).tombstones.size).toBe(0);
  });

  test.each(['set#', 'evidence'])(
    'damaged rows (%s) start the counts over: the pull says so once, and what it misses is held once',
    async (prefix) => {
      await using site = await openOwnListing(server, { things: [things(30)] }, server.url, ONE_PAGE);
      const lost: string[] = [];
      const onAbsencesLost = (stream: string) => lost.push(stream);
      await site.pull();
      site.pages.things = [things(30, [7])];
      nextNight();
      await site.pull();
      const state = createStateTable(server.client(), stateTableName(site.config.environment));
      const rows = await queryRows(state, { pk: 'absence#things', sk: prefix });
      for (const row of rows) await state.put({ ...row, lines: 'x', evidence: 'x' });

      const receipts: unknown[] = [];
      for (let night = 1; night <= 3; night += 1) {
        nextNight();
        receipts.push((await site.pull({ onAbsencesLost })).streams.things);
      }

      expect(lost).toEqual(['things']);
      expect(receipts).toMatchObject([
        { status: 'complete', missed: 1, held: 0, gone: 0 },
        { status: 'complete', held: 1, gone: 0 },
        { status: 'complete', held: 1, gone: 0 },
      ]);
      expect((await knownOf(server, site)).evidence.held).toMatchObject({ reason: 'never shown', count: 1 });
      expect((await itemsOf(server, site)).tombstones.size).toBe(0);
    },
  );

  test('an item that a pull wrote between walks, before it was killed, was listed then, so its count starts over', async () => {
    await using site = await openOwnListing(server, { things: [things(30)] }, server.url, ONE_PAGE);
    await site.receipt();
    site.pages.things = [things(30, [7, 8])];
    nextNight();
    await site.receipt();
    nextNight();
    const update = {
      TableName: streamTableName(site.config.environment, 'things'),
      Key: { _id: { S: '7' } },
      UpdateExpression: 'SET #changedAt = :now',
      ExpressionAttributeNames: { '#changedAt': '_changedAt' },
      ExpressionAttributeValues: { ':now': { S: new Date(Date.now() - 60_000).toISOString() } },
    };
    await server.client().send(new UpdateItemCommand(update));

    expect(await site.receipt()).toMatchObject({ evidence: 'counted', missed: 1, gone: 1 });
    expect([...(await itemsOf(server, site)).tombstones.keys()]).toEqual(['8']);
  });

  test('an item of another program whose id is none of ours is passed over, and the others are judged', async () => {
    await using site = await openOwnListing(server, { things: [things(30)] }, server.url, ONE_PAGE);
    await site.receipt();
    const item = { _id: { S: 'a",b' }, _hash: { S: 'of another program' } };
    const TableName = streamTableName(site.config.environment, 'things');
    await server.client().send(new PutItemCommand({ TableName, Item: item }));
    site.pages.things = [things(30, [7])];
    nextNight();
    await site.receipt();
    nextNight();

    expect(await site.receipt()).toMatchObject({ status: 'complete', evidence: 'counted', gone: 1 });
  });

  test('too many at once are held, and the run goes on', async () => {
    await using site = await openOwnListing(server, { things: [things(30)] }, server.url, ONE_PAGE);
    await site.receipt();
    site.pages.things = [things(12)];
    nextNight();
    await site.receipt();
    nextNight();

    expect(await site.receipt()).toMatchObject({ status: 'complete', held: 18, gone: 0 });
    expect((await itemsOf(server, site)).tombstones.size).toBe(0);
    expect((await knownOf(server, site)).evidence.held).toMatchObject({ reason: 'too many', count: 18 });
  });

  test('a night that is cut off at any call to DynamoDB, whose answer is lost, is ended by the next pull', async () => {
    for (let lastCall = 1; ; lastCall += 1) {
      const proxy = await startFaultProxy(server.url);
      closeAfterTest(proxy);
      await using site = await openOwnListing(server, { things: [things(30)] }, proxy.url, ONE_PAGE);
      await site.receipt();
      site.pages.things = [things(30, [7, 8])];
      nextNight();
      await site.receipt();
      nextNight();
      let calls = 0;
      proxy.onCall(() => {
        calls += 1;
        if (calls < lastCall) return undefined;
        return calls === lastCall ? 'loseReply' : 'drop';
      });
      await site.pull({ isAlone: true }).catch(() => undefined);
      const wasCutOff = calls >= lastCall;
      proxy.onCall(() => undefined);

      const { status, streams } = await site.pull({ isAlone: true });

      const { tombstones, live } = await itemsOf(server, site);
      const { evidence, absences } = await knownOf(server, site);
      const at = `cut off at call ${lastCall}`;
      expect([at, status, streams.things?.error]).toEqual([at, 'complete', undefined]);
      expect([at, ...tombstones.keys()].sort()).toEqual(['7', '8', at]);
      expect(live).toHaveLength(28);
      expect([at, absences.size]).toEqual([at, 0]);
      expect([at, evidence.walks.length]).toEqual([at, 3]);
      expect([at, evidence.carried.map(({ count }) => count)]).toEqual([at, [2]]);
      if (!wasCutOff) {
        expect(lastCall).toBeGreaterThan(30);
        break;
      }
    }
  }, 120_000);
});
