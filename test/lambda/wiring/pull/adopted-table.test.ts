import { type AttributeValue, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { streamTableName } from '../../../../lambda/deployment/names.ts';
import { type DynamoDbServer, describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { type Fault, startFaultProxy } from '../../../support/fault-proxy.ts';
import { openOwnListing } from '../../../support/own-listing.ts';

type Item = Record<string, AttributeValue>;
type OwnListing = Awaited<ReturnType<typeof openOwnListing>>;

const things = (from: number, to: number, text = 'a') =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index, text }));
const LARGE = 'x'.repeat(399_000);

/** Items that no pull of this stream wrote, or not as it would today. */
const STRANGE: readonly Item[] = [
  { _id: { S: 'foreign' }, note: { S: 'of another program' } },
  { _id: { S: '1' }, note: { S: 'of another program, under the key of an object' } },
  { _id: { S: '2' }, _hash: { S: 'gone' }, _deletedAt: { S: '2026-11-01T00:00:00Z' }, text: { S: 'old' } },
  { _id: { S: '3' }, _hash: { S: 'abc' }, id: { N: '3' }, text: { S: 'a' } },
  { _id: { S: '4' }, _hash: { N: '7' }, id: { N: '4' }, text: { S: 'a' } },
  { _id: { S: 'gone' }, _hash: { S: 'gone' }, _deletedAt: { S: '2026-11-01T00:00:00Z' } },
  { _id: { S: 'large-1' }, _hash: { S: 'f'.repeat(32) }, text: { S: LARGE } },
  { _id: { S: 'large-2' }, _hash: { S: 'e'.repeat(32) }, text: { S: LARGE } },
  { _id: { S: 'large-3' }, text: { S: LARGE } },
];

function tableOf({ config }: OwnListing): string {
  return streamTableName(config.environment, 'things');
}

async function put(server: DynamoDbServer, site: OwnListing, items: readonly Item[]): Promise<void> {
  for (const Item of items) {
    await server.client().send(new PutItemCommand({ TableName: tableOf(site), Item }));
  }
}

async function itemsOf(server: DynamoDbServer, site: OwnListing): Promise<ReadonlyMap<string, Item>> {
  const items = new Map<string, Item>();
  let ExclusiveStartKey: Item | undefined;
  do {
    const request = { TableName: tableOf(site), ...(ExclusiveStartKey && { ExclusiveStartKey }) };
    const { Items = [], LastEvaluatedKey } = await server.client().send(new ScanCommand(request));
    for (const item of Items) items.set(item._id?.S ?? '', item);
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
}

describeDynamoDbs('a table with items that the pull did not write', (server) => {
  test('listed objects take their place, the others stay as they are, and nothing is written twice', async () => {
    await using site = await openOwnListing(server, { things: [things(1, 30), things(31, 60)] });
    await put(server, site, STRANGE);

    const first = await site.receipt();
    const second = await site.receipt();

    expect(first).toMatchObject({ status: 'complete', fetched: 60, written: 60, unchanged: 0 });
    expect(second).toMatchObject({ status: 'complete', fetched: 60, written: 0, unchanged: 60 });
    const items = await itemsOf(server, site);
    expect(items.size).toBe(65);
    for (const id of ['1', '2', '3', '4']) {
      const { _hash, _changedAt, _run, ...item } = items.get(id) ?? {};
      expect(item).toEqual({ _id: { S: id }, id: { N: id }, text: { S: 'a' } });
    }
    for (const strange of STRANGE.filter(({ _id }) => !/^\d+$/.test(_id?.S ?? ''))) {
      expect(items.get(strange._id?.S ?? '')).toEqual(strange);
    }
    const { stateRows } = await site.stored();
    // Two large items have a hash. Foreign items and tombstones do not count.
    expect(stateRows).toContainEqual(
      expect.objectContaining({ pk: 'stream#things', listed: 60, inTable: 62 }),
    );
  });

  test('an object returns with the content that its tombstone had', async () => {
    await using site = await openOwnListing(server, { things: [things(1, 3)] });
    await site.receipt();
    const [two] = [...(await itemsOf(server, site)).values()].filter(({ _id }) => _id?.S === '2');
    await put(server, site, [{ ...two, _hash: { S: 'gone' }, _deletedAt: { S: '2026-11-01T00:00:00Z' } }]);

    const receipt = await site.receipt();

    expect(receipt).toMatchObject({ status: 'complete', written: 1, unchanged: 2 });
    const returned = (await itemsOf(server, site)).get('2');
    expect(returned).toMatchObject({ _hash: two?._hash, text: { S: 'a' } });
    expect(returned).not.toHaveProperty('_deletedAt');
  });
});

describeDynamoDbs('a scan that is disturbed', (server) => {
  async function pullThrough(faultOf: (scan: number) => Fault | undefined) {
    const site = await openOwnListing(server, { things: [things(1, 30), things(31, 60)] });
    await site.receipt();
    const proxy = closeAfterTest(await startFaultProxy(server.url));
    let scans = 0;
    proxy.onCall(({ action, body }) => {
      if (action !== 'Scan' || !body.includes(tableOf(site))) return undefined;
      scans += 1;
      return faultOf(scans);
    });
    const { streams } = await site.pull({ dynamoDb: server.client(proxy.url) });
    return { site, receipt: streams.things, scans };
  }

  test.each<[string, Fault]>([
    ['throttled', { refuse: 'ThrottlingException' }],
    ['cut, so it is asked for twice', 'loseReply'],
    ['dropped', 'drop'],
    ['answered with a failure', { status: 500 }],
  ])('once %s: nothing is written that need not be', async (_what, fault) => {
    const { site, receipt, scans } = await pullThrough((scan) => (scan <= 2 ? fault : undefined));

    await using _site = site;
    expect(receipt).toMatchObject({ status: 'complete', written: 0, unchanged: 60 });
    expect(scans).toBeGreaterThanOrEqual(6);
  });

  test('for good: the stream fails, and nothing is written', async () => {
    const { site, receipt } = await pullThrough(() => ({ status: 500 }));

    await using _site = site;
    expect(receipt).toMatchObject({ status: 'failed', fetched: 0, error: { code: 'STORE_UNAVAILABLE' } });
    expect((await itemsOf(server, site)).size).toBe(60);
  });
});
