import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { checkConfig } from '../../../config/check-config.ts';
import { createAbsenceStore, readKnown } from '../../../lambda/aws/state/absence-store.ts';
import { readLease } from '../../../lambda/aws/state/take-lease.ts';
import { heldIdOf } from '../../../lambda/core/deletes/held.ts';
import { systemClock } from '../../../lambda/runtime/clock.ts';
import { planApproval } from '../../../operator/deletes/approval-plan.ts';
import { type ApproveOptions, approve } from '../../../operator/deletes/approve.ts';
import { openForDeleting } from '../../../operator/deletes/stream-deletes.ts';
import { openSession, type Session } from '../../../operator/session.ts';
import { scanItems } from '../../../operator/tables/read-items.ts';
import { idsOf } from '../../support/deletes/facts.ts';
import { HELD_CONFIG, type HeldWorld, heldKnown, MISSED, openHeldWorld } from '../../support/held-world.ts';

const TABLE = 'procurios-sync-held-things';
const before = { ...process.env };

let world: HeldWorld;
let session: Session;
beforeAll(async () => {
  world = await openHeldWorld();
  Object.assign(process.env, world.setting.env);
  session = await openSession(checkConfig(HELD_CONFIG), { config: 'unused' });
});
beforeEach(() => world.reset());
afterAll(async () => {
  for (const name of Object.keys(world.setting.env ?? {})) delete process.env[name];
  Object.assign(process.env, before);
  await session?.[Symbol.asyncDispose]();
  await world?.close();
});

async function approveAll(missed: readonly string[] = MISSED, options: Partial<ApproveOptions> = {}) {
  const plan = await planApproval(session, 'things', heldIdOf(missed), []);
  const { signal } = new AbortController();
  return await approve(session, plan, { note: undefined, signal, onWatch() {}, ...options });
}

async function tombstones(): Promise<string[]> {
  const found: string[] = [];
  for await (const items of scanItems(world.dynamoDb, TABLE, { withDeleted: true })) {
    for (const item of items) if (item._deletedAt !== undefined) found.push(String(item._id));
  }
  return found.sort();
}

const known = async () => (await readKnown(world.state, 'things')).known;

test('an interrupted approval leaves the rest held and approved, and the next approval carries it', async () => {
  const many = idsOf(600);
  await world.reset(heldKnown(many), idsOf(700));

  const end = await approveAll(many, { signal: AbortSignal.abort() });

  expect(end).toMatchObject({ kind: 'carried', gone: 500, left: 100, held: { count: 100 } });
  expect(await tombstones()).toHaveLength(500);
  const rest = [...(await known()).absences.keys()];
  expect(await approveAll(rest)).toMatchObject({ gone: 100, left: 0, held: undefined });
  expect(await tombstones()).toEqual(many.toSorted());
});

test('an approval repeated after a crash between the tombstones and what is known carries nothing twice', async () => {
  const lease = { guard: () => new AbortController().signal, fence: 0 };
  const [stream] = session.config.streams;
  if (stream === undefined) throw new Error('the config has no stream');
  const { table } = openForDeleting(session, stream, lease, 'crashed');
  const items = await table.readLive(MISSED);
  await table.bury(
    items.map((item) => ({ item, because: 'approved before' })),
    () => true,
  );

  expect(await approveAll()).toMatchObject({ gone: 0, changed: 0, left: 0, held: undefined });
  expect((await known()).absences.size).toBe(0);
});

test('an item of another program among those approved is left alone', async () => {
  await world.dynamoDb.send(
    new UpdateItemCommand({
      TableName: TABLE,
      Key: { _id: { S: '1' } },
      UpdateExpression: 'REMOVE #hash',
      ExpressionAttributeNames: { '#hash': '_hash' },
    }),
  );

  expect(await approveAll()).toMatchObject({ gone: 11, held: undefined });
  expect(await tombstones()).toEqual(MISSED.filter((id) => id !== '1'));
});

test('an approval for a set that a pull replaced meanwhile is refused, and nothing is carried', async () => {
  const plan = await planApproval(session, 'things', heldIdOf(MISSED), []);
  const more = idsOf(13);
  await world.save('things', heldKnown(more));

  const { signal } = new AbortController();
  const late = approve(session, plan, { note: undefined, signal, onWatch() {} });

  await expect(late).rejects.toMatchObject({
    code: 'NOT_POSSIBLE',
    message: expect.stringContaining(heldIdOf(more)),
  });
  expect(await tombstones()).toEqual([]);
});

test('an object that is no longer due stays held, although it is approved', async () => {
  const strict = checkConfig({
    ...HELD_CONFIG,
    streams: HELD_CONFIG.streams.map((stream) => ({ ...stream, goneAfter: 5 })),
  });
  await using later = await openSession(strict, { config: 'unused' });
  const plan = await planApproval(later, 'things', heldIdOf(MISSED), []);

  const { signal } = new AbortController();
  const end = await approve(later, plan, { note: undefined, signal, onWatch() {} });

  expect(end).toMatchObject({ kind: 'carried', gone: 0, held: { count: 12 } });
  expect(await tombstones()).toEqual([]);
});

test('an approval that fails leaves the lease free and the approval in force', async () => {
  const broken = {
    ...session,
    dynamoDb: world.dynamoDb,
    config: { ...session.config, environment: 'missing' },
  };
  const plan = await planApproval(session, 'things', heldIdOf(MISSED), []);

  const { signal } = new AbortController();
  const failed = approve({ ...broken, state: () => world.state }, plan, {
    note: undefined,
    signal,
    onWatch() {},
  });

  await expect(failed).rejects.toMatchObject({ code: 'STORE_MISSING' });
  expect((await readLease(world.state))?.until).toBe(0);
  const lease = { guard: () => new AbortController().signal, fence: 0 };
  const store = createAbsenceStore({ state: world.state, lease, clock: systemClock });
  expect(await store.approvals('things', (await known()).evidence)).toHaveLength(1);
});
