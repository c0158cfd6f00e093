import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../local/endpoints/embedded-aws.ts';
import type { FaultAction } from '../../../../local/simulator/simulator.ts';
import { dynamoDbOf } from '../../../support/embedded-aws.ts';
import { openWireNights } from '../../../support/wire/nights.ts';

let aws: EmbeddedAws;
let dynamoDb: DynamoDBClient;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  dynamoDb = dynamoDbOf(aws);
});
afterAll(async () => {
  dynamoDb.destroy();
  await aws.close();
});

const NO_LIST: readonly FaultAction[] = [
  { kind: 'missingList' },
  { kind: 'errorsBeside', report: { errors: ['Deadlock'] } },
  { kind: 'noContent' },
  { kind: 'loginPage' },
];

describe.each(['hal', 'numberedPages'] as const)('a listing of the kind %s', (kind) => {
  const open = (objects = 40) => openWireNights({ kind, objects, pageSize: 5 }, dynamoDb);

  test('empty answers for four nights make no tombstone, and nothing is written when the list is back', async () => {
    await using mirror = await open();
    const { route } = mirror.stage.paging;
    await mirror.night();
    const before = await mirror.live();

    await mirror.nights(4, [{ route, do: { kind: 'emptyListing' } }]);
    const back = await mirror.night();

    expect(back).toMatchObject({ status: 'complete', written: 0, missed: 0, held: 0 });
    expect(await mirror.live()).toEqual(before);
    expect(await mirror.tombstones()).toEqual([]);
  });

  test('a page that is always empty makes no tombstone, and the objects behind it are never missed', async () => {
    await using mirror = await open();
    const { route } = mirror.stage.paging;
    await mirror.night();

    const receipts = await mirror.nights(5, [{ route, page: 4, do: { kind: 'emptyPage' } }]);

    for (const { missed = 0, held = 0 } of receipts) expect(missed + held).toBe(5);
    expect(await mirror.tombstones()).toEqual([]);
    expect(await mirror.live()).toHaveLength(40);
  });

  test('an answer without a list, on the first, a middle or the last page, misses nothing', async () => {
    await using mirror = await open();
    const { route } = mirror.stage.paging;
    await mirror.night();

    for (const page of [1, 4, 8]) {
      for (const action of NO_LIST) {
        const receipt = await mirror.night([{ route, page, do: action }]);
        expect([page, action.kind, receipt.status === 'complete']).toEqual([page, action.kind, false]);
        expect((await mirror.known()).absences.size).toBe(0);
      }
    }
  });

  test('objects that get other numbers are stored at once, and the old ones are gone in the third night', async () => {
    await using mirror = await open();
    const { control } = mirror.stage.simulator;
    const { objectKind } = mirror.stage.paging;
    await mirror.night();
    const before = await mirror.live();
    const renumbered = control.standing(objectKind).slice(3, 6);
    const old = renumbered.map((number) => String(control.keyOf(objectKind, number)));
    for (const number of renumbered) control.renumber(objectKind, number);

    const [first, , third] = await mirror.nights(3);

    expect(first).toMatchObject({ status: 'complete', written: 3, missed: 3, gone: 0 });
    expect(third).toMatchObject({ status: 'complete', look: 'proved', missed: 0, held: 0, gone: 3 });
    expect(await mirror.tombstones()).toEqual(old);
    expect(await mirror.live()).toHaveLength(before.length);
  });

  test('the same objects that are out of the list for a tenth of every walk are never deleted', async () => {
    await using mirror = await open();
    const { route, objectKind } = mirror.stage.paging;
    const numbers = mirror.stage.simulator.control.standing(objectKind).slice(10, 13);
    await mirror.night();

    const receipts = await mirror.nights(6, [
      { route, fromShare: 0.3, toShare: 0.4, do: { kind: 'hide', objects: { numbers } } },
    ]);

    expect(receipts.some(({ missed = 0 }) => missed > 0)).toBe(true);
    expect(await mirror.tombstones()).toEqual([]);
  });

  test.each([
    ['smaller', { from: 4 }],
    ['larger', { times: 4 }],
  ] as const)('pages that get %s in the middle of a walk delete nothing', async (_name, when) => {
    await using mirror = await open();
    const { route } = mirror.stage.paging;
    await mirror.night();

    await mirror.nights(4, [{ route, ...when, do: { kind: 'pageCap', max: 4 } }]);
    const back = await mirror.nights(2);

    expect(await mirror.tombstones()).toEqual([]);
    expect(back.at(-1)).toMatchObject({ status: 'complete', missed: 0, held: 0 });
  });

  test('a job that removes one and adds one in every walk has its removed objects deleted, and no others', async () => {
    await using mirror = await open();
    const { route, objectKind } = mirror.stage.paging;
    await mirror.night();

    const job: FaultAction = { kind: 'job', removes: { oldest: 1 }, adds: 1 };
    await mirror.nights(5, [
      { route, do: { kind: 'order', by: 'key', direction: 'down' } },
      { route, fromShare: 0.4, times: 1, perWalk: true, do: job },
    ]);
    await mirror.nights(4);

    const { control } = mirror.stage.simulator;
    const listed = control.standing(objectKind).map((number) => String(control.keyOf(objectKind, number)));
    expect((await mirror.live()).sort()).toEqual(listed.sort());
    expect(await mirror.tombstones()).toHaveLength(5);
  });
});
