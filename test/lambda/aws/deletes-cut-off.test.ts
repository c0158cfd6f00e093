import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from '@jest/globals';
import { createDeletesTable } from '../../../lambda/aws/dynamodb/deletes-table.ts';
import { createAbsenceStore, readKnown } from '../../../lambda/aws/state/absence-store.ts';
import { createStateTable } from '../../../lambda/aws/state/state-table.ts';
import { decide } from '../../../lambda/core/deletes/decide.ts';
import type { UnseenItem } from '../../../lambda/core/deletes/delete-ports.ts';
import { becauseOf, findDue } from '../../../lambda/core/deletes/due.ts';
import { judge, takeBack } from '../../../lambda/core/deletes/judge.ts';
import { carryAfter } from '../../../lambda/core/deletes/look.ts';
import { DEFAULT_GUARD, type DeletePolicy } from '../../../lambda/core/deletes/policy.ts';
import type { WalkFacts } from '../../../lambda/core/deletes/walk-facts.ts';
import { readItem } from '../../../operator/tables/read-items.ts';
import { type DynamoDbServer, describeDynamoDbs } from '../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../support/embedded-aws.ts';
import { type Fault, startFaultProxy } from '../../support/fault-proxy.ts';
import { ManualClock } from '../../support/memory-ports.ts';

const SIGHT = { digest: '0123456789abcdef', scopes: ['a'] };
const POLICY: DeletePolicy = {
  mode: 'fromWalk',
  paging: 'onePage',
  goneAfter: 2,
  guard: DEFAULT_GUARD,
  holes: 'wait',
};
const IDS = ['1', '2', '3', '4', '5', '6', '7', '8'];
const UNSEEN = ['1', '2', '3'];
const CHANGED_AT = '2026-11-01T03:00:00.000Z';
const NOTHING_SHOWN = { failure: undefined, isShown: () => false };

/** The walk of a night, the first one being that of 21 November. */
function walkOf(night: number): WalkFacts {
  const began = `2026-11-${21 + night}T03:00:00.000Z`;
  return {
    walkId: `w${night}`,
    ...(night > 0 && { previous: `w${night - 1}` }),
    ...{ paging: 'onePage', began, ended: began, direction: 'up', isOneWay: false },
    ...{ firstSight: SIGHT, sight: SIGHT, isComplete: true, isFull: true, isCached: false },
    ...{ pages: 1, shown: IDS.length - UNSEEN.length, repeated: 0, holes: 0, live: IDS.length },
  };
}

/** What a pull does after a complete walk, with a look that shows nothing new. */
async function judgeAndCarry(
  { client, stateName, tableName }: Tables,
  walk: WalkFacts,
  isSeen: (id: string) => boolean,
): Promise<void> {
  const lease = { fence: 1, guard: () => AbortSignal.timeout(60_000) };
  const clock = new ManualClock();
  const store = createAbsenceStore({ state: createStateTable(client, stateName), lease, clock });
  const table = createDeletesTable({
    ...{ client, tableName, lease, clock, runId: walk.walkId, retainTombstonesForDays: 30 },
  });
  const unseen = new Map<string, UnseenItem>();
  await table.scanUnseen(isSeen, true, new AbortController().signal, {
    unseen: (item) => unseen.set(item.id, item),
    merged: () => {},
  });

  const judged = judge((await store.load('things')).known, walk, [...unseen.keys()]);
  await store.save('things', judged);
  const moment = { walkId: walk.walkId, now: walk.ended, live: walk.live };
  const approvals = await store.approvals('things', judged.evidence);
  const decision = decide(judged, findDue(judged, POLICY, new Map()), moment, POLICY, approvals);
  // Nothing is free in a repetition after the last save. It must not take back what the walk entered as carried.
  if (decision.free.length === 0) return;
  const { known, carry } = carryAfter(decision.known, decision.free, moment, NOTHING_SHOWN);
  await store.save('things', known);
  const burials = carry.flatMap((due) => {
    const item = unseen.get(due.id);
    return item === undefined ? [] : [{ item, because: becauseOf(due, known.evidence, POLICY) }];
  });
  await table.bury(burials, () => true);
  const gone = new Set(carry.map(({ id }) => id));
  await store.save(
    'things',
    takeBack(known, (id) => gone.has(id)),
  );
}

interface Tables {
  readonly client: DynamoDBClient;
  readonly stateName: string;
  readonly tableName: string;
}

/** A table of which a walk showed all objects, and the next one did not show three. */
async function beforeTheNight(server: DynamoDbServer): Promise<Tables> {
  const tables = { client: server.client(), ...(await server.freshTables()) };
  for (const id of IDS) {
    const Item = marshall({ _id: id, _hash: `hash of ${id}`, _changedAt: CHANGED_AT, name: 'x' });
    await tables.client.send(new PutItemCommand({ TableName: tables.tableName, Item }));
  }
  await judgeAndCarry(tables, walkOf(0), () => true);
  await judgeAndCarry(tables, walkOf(1), (id) => !UNSEEN.includes(id));
  return tables;
}

async function outcome({ client, stateName, tableName }: Tables) {
  const items = await Promise.all(IDS.map((id) => readItem(client, tableName, id)));
  return { items, ...(await readKnown(createStateTable(client, stateName), 'things')) };
}

const isShown = (id: string): boolean => !UNSEEN.includes(id);

describeDynamoDbs('judging and carrying', (server) => {
  test.each(['drop', 'loseReply'] as const)(
    'a night that is cut off at any call (%s) and repeated ends as an undisturbed one',
    async (cut: Fault) => {
      const undisturbed = await beforeTheNight(server);
      const before = await outcome(undisturbed);
      await judgeAndCarry(undisturbed, walkOf(2), isShown);
      const expected = await outcome(undisturbed);
      expect(before.known.absences.size).toBe(3);
      expect(before.items.some((item) => item?._deletedAt !== undefined)).toBe(false);
      expect(expected.known.absences.size).toBe(0);
      expect(expected.items.map((item) => item?._deletedBecause)).toEqual([
        ...Array(3).fill('absent w1 w2'),
        ...Array(5).fill(undefined),
      ]);

      for (let lastCall = 1; ; lastCall += 1) {
        const tables = await beforeTheNight(server);
        const proxy = await startFaultProxy(server.url);
        closeAfterTest(proxy);
        let calls = 0;
        proxy.onCall(() => {
          calls += 1;
          if (calls < lastCall) return undefined;
          return calls === lastCall ? cut : 'drop';
        });
        const client = server.client(proxy.url);
        const isCutOff = await judgeAndCarry({ ...tables, client }, walkOf(2), isShown).then(
          () => false,
          () => true,
        );

        await judgeAndCarry(tables, walkOf(2), isShown);

        expect(await outcome(tables)).toEqual(expected);
        if (!isCutOff) {
          expect(lastCall).toBeGreaterThan(15);
          break;
        }
      }
    },
    120_000,
  );
});
