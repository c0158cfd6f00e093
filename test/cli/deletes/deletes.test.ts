import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readKnown } from '../../../lambda/aws/state/absence-store.ts';
import { saveApproval } from '../../../lambda/aws/state/approval-store.ts';
import { queryRows } from '../../../lambda/aws/state/rows.ts';
import { listRunReceipts } from '../../../lambda/aws/state/run-store.ts';
import { STATE_KEYS } from '../../../lambda/aws/state/state-keys.ts';
import { acquireLease, readLease } from '../../../lambda/aws/state/take-lease.ts';
import { heldIdOf } from '../../../lambda/core/deletes/held.ts';
import { noteUncounted } from '../../../lambda/core/deletes/judge.ts';
import type { JsonObject } from '../../../lambda/core/json.ts';
import { systemClock } from '../../../lambda/runtime/clock.ts';
import { readItem } from '../../../operator/tables/read-items.ts';
import { type Ended, run } from '../../support/command-line.ts';
import { at, idsOf, knownAfter, walkOf } from '../../support/deletes/facts.ts';
import { type HeldWorld, heldKnown, MISSED, openHeldWorld } from '../../support/held-world.ts';

const HELD_ID = heldIdOf(MISSED);
const ALL = ['--yes', '--count', '12'];

let world: HeldWorld;
beforeAll(async () => {
  world = await openHeldWorld();
});
beforeEach(() => world.reset());
afterAll(() => world?.close());

const command = (...args: string[]): Promise<Ended> => run(args, world.setting);
const approve = (...args: string[]) => command('deletes', 'approve', 'things', ...args);
const reject = (...args: string[]) => command('deletes', 'reject', 'things', ...args, '--note', 'on leave');

const itemOf = (id: string): Promise<JsonObject | undefined> =>
  readItem(world.dynamoDb, 'procurios-sync-held-things', id);
async function tombstones(): Promise<string[]> {
  const items = await Promise.all(idsOf(20).map(itemOf));
  return items
    .filter((item) => item?._deletedAt !== undefined)
    .map((item) => String(item?._id))
    .sort();
}
const known = async () => (await readKnown(world.state, 'things')).known;
const markOf = async (id: string) => (await known()).absences.get(id)?.mark;
const approvals = () => queryRows(world.state, STATE_KEYS.approvals('things'));

/** Takes the lease as a pull does. */
function acquire(runId: string) {
  return acquireLease({
    state: world.state,
    holderName: 'the nightly pull',
    runId,
    isAlone: true,
    readHolderState: async () => 'unknown',
    noteCutOff: async () => {},
    onWatch() {},
    clock: systemClock,
  });
}

async function pullAtWork(): Promise<AsyncDisposable> {
  const lease = await acquire('tonight');
  return { [Symbol.asyncDispose]: () => lease.release() };
}

describe('deletes list', () => {
  test('deletes list counts what is missed, due, held and kept of each stream', async () => {
    const { code, stdout, stderr } = await command('deletes', 'list');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^things +fromWalk +0 +12 +12 +0 +0 +2026-01-04 /m);
    expect(stdout).toMatch(/^archived +never +0 +0 +0 +0 +0 +none$/m);
    expect(stdout).toContain(
      `because they are more than may go without an operator (10); held id ${HELD_ID}`,
    );
    expect(stderr).toBe('to look and decide: npx procurios-sync deletes show things\n');
  });

  test('deletes list --json has a document for each stream, or for the one that is named', async () => {
    const all = await command('deletes', 'list', '--json');
    const one = await command('deletes', 'list', 'things', '--json');

    expect(all.stdout.trim().split('\n')).toHaveLength(3);
    expect(JSON.parse(one.stdout)).toMatchObject({
      stream: 'things',
      deletes: 'fromWalk',
      missed: {},
      due: 12,
      held: { id: HELD_ID, count: 12, limit: 10, reason: 'too many', since: at(4, 1) },
      kept: 0,
      lastCounted: { walkId: 'walk-4' },
      areAbsencesLost: false,
    });
  });

  test('deletes list says why the last walk did not count', async () => {
    const early = walkOf(3, { walkId: 'again', previous: 'walk-2', began: at(2, 5), ended: at(2, 6) });
    const after = noteUncounted(knownAfter([], ['1', '2']), early, () => false);
    await world.save('things', after);

    const { stdout } = await command('deletes', 'list', 'things');

    expect(stdout).toMatch(/^things +fromWalk +2 once +0 +0 /m);
    expect(stdout).toContain(
      'did not count, because it began less than 10 hours after the last one that counted',
    );
  });

  test('deletes list and deletes show work from the rows of a stream that the config no longer has', async () => {
    await world.save('old', heldKnown());

    const list = await command('deletes', 'list', 'old');
    const show = await command('deletes', 'show', 'old', '--json');
    const approval = await command('deletes', 'approve', 'old', HELD_ID, ...ALL);

    expect(list).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^old +not in the config +0 +0 +12 /m),
    });
    expect(JSON.parse(show.stdout)).toMatchObject({ held: { count: 12 }, walks: [] });
    expect(JSON.parse(show.stdout)).not.toHaveProperty('approving');
    expect(approval).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no stream called old'),
    });
  });

  test.each(['list', 'show'])(
    'deletes %s refuses a stream that neither config nor table has',
    async (name) => {
      const { code, stderr } = await command('deletes', name, 'thigns');

      expect({ code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('did you mean things?'),
      });
    },
  );

  test('deletes list says that the absences cannot be read', async () => {
    const [set] = await queryRows(world.state, { pk: 'absence#things', sk: 'set#' });
    await world.state.put({ ...set, pk: 'absence#things', sk: String(set?.sk), lines: 'broken' });

    const list = await command('deletes', 'list', 'things');
    const approval = await approve(HELD_ID, ...ALL);

    expect(list.stdout).toContain('what was known of absent objects cannot be read');
    expect(approval).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing of stream things is held'),
    });
    expect(await tombstones()).toEqual([]);
  });
});

describe('deletes show', () => {
  test('deletes show lists what is held with its evidence, and no values', async () => {
    const { code, stdout, stderr } = await command('deletes', 'show', 'things', '--limit', '3');

    expect(code).toBe(0);
    expect(stdout).toContain(`held id    ${HELD_ID}\n`);
    expect(stdout).toContain('count      12 of 1,000 items (1.2 %)');
    expect(stdout.match(/(up|down), 1,000 shown/g)).toEqual([
      'down, 1,000 shown',
      'up, 1,000 shown',
      'down, 1,000 shown',
    ]);
    expect(stdout).toMatch(/^1 +3 +2026-01-02 04:00 +20\d\d-/m);
    expect(stdout).not.toMatch(/^3 /m);
    expect(stdout).not.toContain('secret');
    expect(stderr).toContain('the first 3 objects; --limit shows more\n');
    expect(stderr).toContain(
      `to mark the items as deleted: npx procurios-sync deletes approve things ${HELD_ID}\n`,
    );
  });

  test('deletes show --reveal shows the items too', async () => {
    const text = await command('deletes', 'show', 'things', '--limit', '1', '--reveal');
    const json = await command('deletes', 'show', 'things', '--limit', '1', '--reveal', '--json');

    expect(text.stdout).toContain('secret 1');
    expect(JSON.parse(json.stdout).objects).toMatchObject([
      { id: '1', missed: 3, item: { name: 'secret 1' } },
    ]);
  });

  test('deletes show has what the archive says, and the end of a chain of merges', async () => {
    await world.store('archived', [
      { id: '1', archived_on: at(2), kept_relation_id: '2' },
      { id: '2', archived_on: at(2), kept_relation_id: '19' },
      { id: '3', archived_on: '2020-01-01T00:00:00+01:00' },
    ]);

    const { stdout } = await command('deletes', 'show', 'things', '--json');
    const archiveOf = (id: string) =>
      JSON.parse(stdout).objects.find((object: { id: string }) => object.id === id).archive;

    expect(archiveOf('1')).toEqual({ archivedAt: at(2), isExplained: true, mergedInto: '19' });
    expect(archiveOf('3')).toEqual({ archivedAt: '2019-12-31T23:00:00.000Z', isExplained: false });
    expect(archiveOf('4')).toBeUndefined();
  });

  test('deletes show says that nothing is held', async () => {
    const { code, stdout, stderr } = await command('deletes', 'show', 'archived');

    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'nothing of stream archived is held\n',
    });
  });
});

describe('deletes approve', () => {
  test('deletes approve marks the whole set at once, and nothing else', async () => {
    const { code, stderr } = await approve(HELD_ID, ...ALL);

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '12 items approved; 12 deleted; nothing is held any more\n',
    });
    expect(await tombstones()).toEqual(MISSED);
    expect(await itemOf('1')).toMatchObject({ _hash: 'gone', _deletedBecause: `approved ${HELD_ID}` });
    expect((await known()).absences.size).toBe(0);
    expect((await readLease(world.state))?.until).toBe(0);
  });

  test('deletes approve of some ids leaves the others held under another id', async () => {
    const { code, stdout } = await approve(HELD_ID, '1', '2', '--yes', '--count', '2', '--json');

    const rest = heldIdOf(MISSED.filter((id) => id !== '1' && id !== '2'));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'carried',
      approved: 2,
      gone: 2,
      held: { id: rest, count: 10 },
    });
    expect(await tombstones()).toEqual(['1', '2']);
    expect(await markOf('3')).toBe('held');
  });

  test('deletes approve saves who approved what, and why', async () => {
    await approve(HELD_ID, '1', '--yes', '--count', '1', '--note', 'they left');

    expect(await approvals()).toMatchObject([
      { heldId: HELD_ID, shown: 12, note: 'they left', by: expect.stringMatching(/ on /) },
    ]);
  });

  test('deletes approve names the survivor of a merge in the tombstone', async () => {
    await world.store('archived', [{ id: '1', archived_on: at(2), kept_relation_id: '19' }]);

    await approve(HELD_ID, '1', '--yes', '--count', '1');

    expect(await itemOf('1')).toMatchObject({ _mergedInto: '19', _deletedBecause: `approved ${HELD_ID}` });
  });

  test('deletes approve while a pull is at work leaves the approval to the next pull', async () => {
    await using _pull = await pullAtWork();

    const { code, stderr } = await approve(HELD_ID, ...ALL);

    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^12 items approved, for the next pull to delete, because another pull has been in progress/,
    );
    expect(await tombstones()).toEqual([]);
    expect(await approvals()).toHaveLength(1);
  });

  test('deletes approve while a walk is not finished leaves the approval to the next pull', async () => {
    await world.state.put({ ...STATE_KEYS.walk('things'), walkId: 'w', startedAt: at(5), counts: {} });

    const { code, stderr } = await approve(HELD_ID, ...ALL);

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        '12 items approved, for the next pull to delete, because the walk of the stream is not finished\n',
    });
    expect(await tombstones()).toEqual([]);
    expect(await markOf('1')).toBe('held');
  });

  test('deletes approve takes over the lease of a run that was cut off, and records that run, not itself', async () => {
    const { abandon } = await acquire('cut-off');
    await abandon();

    const { code } = await approve(HELD_ID, ...ALL);

    expect(code).toBe(0);
    expect(await listRunReceipts(world.state, 10, Date.now())).toMatchObject([
      { runId: 'cut-off', status: 'failed' },
    ]);
    expect(await readLease(world.state)).not.toHaveProperty('runId');
  });

  test('an earlier approval that no pull has carried is carried with the next one', async () => {
    await saveApproval(
      world.state,
      'things',
      { heldId: HELD_ID, ids: ['2'], shown: 12, sightBegan: at(1), at: new Date().toISOString(), by: 'anna' },
      systemClock,
    );

    await approve(HELD_ID, '1', '--yes', '--count', '1');

    expect(await tombstones()).toEqual(['1', '2']);
  });

  test.each([
    ['is 7 days old', { at: new Date(Date.now() - 7 * 86_400_000).toISOString() }],
    ['was given under another sight', { sightBegan: at(-9) }],
  ])('an approval that %s is not carried', async (_why, more) => {
    const approval = {
      heldId: HELD_ID,
      ids: ['2'],
      shown: 12,
      sightBegan: at(1),
      at: new Date().toISOString(),
      by: 'anna',
    };
    await saveApproval(world.state, 'things', { ...approval, ...more }, systemClock);

    await approve(HELD_ID, '1', '--yes', '--count', '1');

    expect(await tombstones()).toEqual(['1']);
  });

  test.each([
    [
      ['0123456789ab', ...ALL],
      1,
      `does not hold that set, but ${HELD_ID}; nothing was done; look at it again`,
    ],
    [[HELD_ID, '1', '19', 'nobody', '--yes', '--count', '3'], 1, 'does not hold 2 of the ids (19, nobody)'],
    [[HELD_ID, '--yes', '--count', '11'], 1, 'the count does not match: there are 12; nothing was done'],
    [[HELD_ID, '--yes'], 2, '--yes needs --count, with the number that is expected'],
    [[HELD_ID, '--count', '12'], 2, '--count goes with --yes'],
    [[HELD_ID], 2, 'there is no terminal to ask on: add --yes and --count'],
    [[HELD_ID, '--note', ' ', ...ALL], 2, '--note is empty; say why'],
  ])('deletes approve %j is refused in one line, and nothing is carried', async (args, code, message) => {
    const ended = await approve(...args);

    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
    expect(ended.stderr.match(/\n/g)).toHaveLength(1);
    expect(await tombstones()).toEqual([]);
    expect(await approvals()).toEqual([]);
  });

  test('deletes approve is refused for a stream of which the config lets nothing be deleted', async () => {
    const { code, stderr } = await command('deletes', 'approve', 'reported', HELD_ID, ...ALL);

    expect(code).toBe(1);
    expect(stderr).toContain(
      "the config says deletes: 'report' of stream reported; to delete its items, set 'fromWalk'",
    );
  });
});

describe('deletes reject and release', () => {
  test('deletes reject keeps some ids with a note, and the others stay held under another id', async () => {
    const { code, stderr } = await reject(HELD_ID, '1', '2');

    const rest = heldIdOf(MISSED.filter((id) => id !== '1' && id !== '2'));
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `2 items kept while Procurios does not list them; 10 items still held, under ${rest}\n`,
    });
    expect((await known()).absences.get('1')).toMatchObject({ mark: 'kept', note: 'on leave' });
    expect(await tombstones()).toEqual([]);
  });

  test('deletes reject keeps the whole set', async () => {
    await reject(HELD_ID);

    expect([...(await known()).absences.values()].map(({ mark }) => mark)).toEqual(MISSED.map(() => 'kept'));
    expect((await known()).evidence.held).toBeUndefined();
  });

  test('deletes release takes a rejection back, so counting starts at zero', async () => {
    await reject(HELD_ID, '1');

    const { code, stderr } = await command('deletes', 'release', 'things', '1');

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '1 item no longer kept; walks that miss them count from zero\n',
    });
    expect((await known()).absences.has('1')).toBe(false);
  });

  test('deletes release refuses ids that are not kept', async () => {
    const { code, stderr } = await command('deletes', 'release', 'things', '1');

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'NOT_POSSIBLE: stream things does not keep id 1; nothing was done\n',
    });
  });

  test('deletes reject and release are refused while a pull is at work', async () => {
    await using _pull = await pullAtWork();

    const ended = [await reject(HELD_ID, '1'), await command('deletes', 'release', 'things', '1')];

    for (const { code, stderr } of ended) {
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^RUN_ACTIVE: .*the nightly pull/),
      });
    }
    expect(await markOf('1')).toBe('held');
  });

  test('deletes reject is refused while the last walk is not judged', async () => {
    await world.state.put({ ...STATE_KEYS.walk('things'), ended: { phase: 'ending', walkId: 'w' } });

    const { code, stderr } = await reject(HELD_ID, '1');

    expect(code).toBe(1);
    expect(stderr).toContain(
      'the last walk of stream things is not judged yet; try again after the next pull',
    );
    expect(await markOf('1')).toBe('held');
  });
});

describe('explain', () => {
  test('explain tells of a held object when it was written and which walks missed it, without values', async () => {
    const { code, stdout, stderr } = await command('explain', 'things', '1');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^state +live, and its deletion is held for an operator$/m);
    expect(stdout).toMatch(/^last written +20\d\d.*, by run run-1$/m);
    expect(stdout).toMatch(
      /^missed +by 3 counted walks in a row, since 2026-01-02 04:00 Europe\/Amsterdam$/m,
    );
    expect(stdout.match(/walk-\d/g)).toEqual(['walk-1', 'walk-2', 'walk-3', 'walk-4']);
    expect(stdout.match(/missed it {2}walk-\d/g)).toHaveLength(3);
    expect(stdout).not.toContain('secret');
    expect(stderr).toBe('left out: the values of its item; --reveal shows them\n');
  });

  test('explain --reveal --json has the item with every digit', async () => {
    await world.store('things', [{ id: '1', large: 1 }]);

    const { stdout } = await command('explain', 'things', '1', '--reveal', '--json');

    expect(JSON.parse(stdout)).toMatchObject({
      state: 'held',
      item: { run: 'run-1', item: { id: '1', large: 1 } },
    });
  });

  test('explain tells of a deleted object on what evidence it went, and of its merges', async () => {
    await world.store('archived', [
      { id: '1', archived_on: at(2), kept_relation_id: '2' },
      { id: '2', archived_on: at(2), kept_relation_id: '19' },
    ]);
    await approve(HELD_ID, '1', '--yes', '--count', '1');

    const { stdout } = await command('explain', 'things', '1');

    expect(stdout).toMatch(/^state +gone from Procurios; the item is marked as deleted$/m);
    expect(stdout).toMatch(new RegExp(`^because +approved ${HELD_ID}$`, 'm'));
    expect(stdout).toMatch(/^merges +2 → 19$/m);
  });

  test.each([
    ['19', 'live'],
    ['5', 'kept'],
    ['1', 'held'],
  ])('explain of object %s says that it is %s', async (id, state) => {
    await reject(HELD_ID, '5');

    const { stdout } = await command('explain', 'things', id, '--json');

    expect(JSON.parse(stdout)).toMatchObject({ state });
  });

  test('explain finds an object by the value of its key, and its reject', async () => {
    const key = STATE_KEYS.reject('things', 'a%2F1');
    const reason = { reason: 'EMPTY_NAME', message: 'has a field without a name', field: '' };
    await world.state.put({ ...key, ...reason, id: 'a%2F1', page: 2, index: 0, seenAt: at(4) });

    const { code, stdout } = await command('explain', 'things', 'a/1');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^object +a%2F1 of things$/m);
    expect(stdout).toMatch(/^state +the table has no item of it$/m);
    expect(stdout).toMatch(/^reject +EMPTY_NAME: has a field without a name \(page 2, /m);
  });

  test.each([['nobody'], ['']])('explain of id "%s", of which nothing is known, says so', async (id) => {
    const { code, stderr } = await command('explain', 'things', id);

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'NOT_FOUND: nothing is known of an object of stream things with that id\n',
    });
  });
});
