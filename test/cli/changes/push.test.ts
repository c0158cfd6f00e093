import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { engagementAction, registration } from '../../../config/catalogue/operations.ts';
import { channels } from '../../../config/catalogue/streams.ts';
import { SIMULATOR_SCOPES, type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { type Ended, newFolder, run, start, waitUntil, writeConfig } from '../../support/command-line.ts';
import { startProcess } from '../../support/command-process.ts';
import { closeEndpoints, keepEndpoints } from '../../support/kept-endpoints.ts';

const REGISTER = 'POST /l/profile_api/registrationset/{set}/registration';
const LOST = { route: REGISTER, nth: 1, do: { kind: 'lostReply' } } as const;

keepEndpoints();

let procurios: Simulator;
let cwd: string;
beforeAll(async () => {
  procurios = await startSimulator({ relations: 20 });
  cwd = await newFolder('push');
  await writeConfig(cwd, {
    environment: 'push',
    host: procurios.url,
    auth: { grant: 'clientCredentials', scopes: SIMULATOR_SCOPES },
    requestsPerSecond: { pull: 1000, push: 1000 },
    streams: [channels('channels')],
    operations: { register: registration({ set: 42 }), addAction: engagementAction() },
  });
});
beforeEach(() => {
  procurios.control.clearFaults();
  procurios.control.resetApplied();
  procurios.control.resetRequests();
});
afterAll(() => procurios.close());

const register = (changeId: string | undefined, last_name: string) => ({
  changeId,
  operation: 'register',
  subject: 'form/1',
  body: { first_name: 'Ada', last_name },
});
const refused = (changeId: string) => ({
  changeId,
  operation: 'addAction',
  subject: `campaign/${changeId}`,
  body: { description: 'Call Ada Byron', campaignId: 999_999 },
});

const linesOf = (changes: readonly object[]): string =>
  changes.map((each) => JSON.stringify(each)).join('\n');
const documentsOf = ({ stdout }: Ended): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('push shows the retries of what it reads before it sends', async () => {
  procurios.control.fault({ route: '/l/oauth2/token', times: 1, do: { kind: 'status', status: 503 } });

  const { code, stderr } = await pushFile([register('retried', 'Byron')], '--yes');

  expect(code).toBe(0);
  expect(stderr).toMatch(/^answered 503, trying again \(2 of \d\)$/m);
});

test('push of a file that does not exist says so before it asks', async () => {
  const { code, stderr } = await run(['push', 'missing.jsonl', '--embedded'], { cwd });

  expect(code).toBe(1);
  expect(stderr).toMatch(/there is no file missing\.jsonl/);
});

async function pushFile(changes: readonly object[], ...options: string[]): Promise<Ended> {
  await writeFile(join(cwd, 'changes.jsonl'), linesOf(changes));
  return await run(['push', 'changes.jsonl', '--embedded', ...options], { cwd });
}
const changes = (...args: string[]): Promise<Ended> => run(['changes', ...args, '--embedded'], { cwd });
/** A command has begun to send. Looked for now and then, so that it gets the time to. */
const isAtWork = (): Promise<void> => waitUntil(() => (procurios.control.requests()[REGISTER] ?? 0) > 0);
const appliedNames = (): unknown[] =>
  procurios.control.applied().map(({ body }) => (body as { last_name?: unknown }).last_name);

describe('push', () => {
  test('push queues the changes of a file in order, waits, and shows every outcome', async () => {
    procurios.control.fault(LOST);

    const ended = await pushFile([register('lost', 'One'), refused('no'), register('good', 'Two')], '--yes');

    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^ +1 +lost +register +form\/1 +unknown \(held\) +\S/m);
    expect(ended.stdout).toMatch(/^ +2 +no +addAction +campaign\/no +rejected +Procurios answered 400$/m);
    expect(ended.stdout).toMatch(/^ +3 +good +register +form\/1 +accepted$/m);
    expect(ended.stderr).toContain('1 unknown (held), 1 rejected, 1 accepted');
    expect(appliedNames()).toEqual(['One', 'Two']);
  });

  test('push from stdin gives a change without a changeId one, and prints JSON Lines with --json', async () => {
    const input = linesOf([register(undefined, 'Three'), register('four', 'Four')]);

    const ended = await run(['push', '-', '--embedded', '--yes', '--json'], { cwd, input });

    expect(ended.code).toBe(0);
    expect(documentsOf(ended)).toEqual([
      {
        line: 1,
        changeId: expect.stringMatching(/^[\da-f-]{36}$/),
        operation: 'register',
        subject: 'form/1',
        outcome: 'accepted',
        held: false,
        status: 200,
      },
      expect.objectContaining({ line: 2, changeId: 'four' }),
    ]);
    expect(appliedNames()).toEqual(['Three', 'Four']);
  });

  test('push of a change that is in the ledger already sends nothing', async () => {
    await pushFile([register('again', 'Five')], '--yes');

    const { code, stdout } = await pushFile([register('again', 'Five')], '--yes');

    expect(code).toBe(0);
    expect(stdout).toMatch(/again +register +form\/1 +accepted/);
    expect(appliedNames()).toEqual(['Five']);
  });

  test('push of a change under the id of another change reports that it is rejected', async () => {
    await pushFile([register('taken', 'Six')], '--yes');

    const { code, stdout } = await pushFile([register('taken', 'Seven')], '--yes');

    expect(code).toBe(1);
    expect(stdout).toMatch(/taken +.* rejected +its changeId was used for another change before$/m);
    expect(appliedNames()).toEqual(['Six']);
  });

  test('push queues nothing if any line is wrong, and reports the problem of each', async () => {
    const ended = await pushFile(
      [register('fine', 'Eight'), { operation: 'x', subject: 's' }, []],
      '--yes',
      '--json',
    );

    expect(ended.code).toBe(2);
    expect(documentsOf(ended)).toEqual([
      {
        error: {
          code: 'CHANGE_INVALID',
          message: 'the changes have 2 problems; none was queued',
          problems: [
            { path: 'line 2, operation', expected: 'one of register, addAction' },
            { path: 'line 3', expected: 'a JSON object' },
          ],
        },
      },
    ]);
    expect((await changes('show', 'fine')).code).toBe(1);
    expect(procurios.control.requests()).toEqual({});
  });

  test.each([
    ['a file', ['push', 'changes.jsonl', '--embedded']],
    ['stdin', ['push', '-', '--embedded']],
    ['stdin, which is no terminal', ['push', '--embedded']],
  ])('push from %s needs --yes without a terminal to ask on', async (_what, args) => {
    await writeFile(join(cwd, 'changes.jsonl'), linesOf([register('asked', 'Nine')]));

    const ended = await run(args, { cwd, input: linesOf([register('asked', 'Nine')]) });

    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^USAGE: .*--yes/) });
    expect(procurios.control.requests()).toEqual({});
  });

  test('push stopped by Ctrl-C loses no change, because the next push sends the rest', async () => {
    const throttled = { kind: 'status', status: 503, retryAfter: 4 } as const;
    procurios.control.fault({ route: REGISTER, nth: 1, do: throttled });
    await writeFile(join(cwd, 'changes.jsonl'), linesOf([register('w1', 'Ten'), register('w2', 'Eleven')]));
    const stopped = start(['push', 'changes.jsonl', '--embedded', '--yes', '--json'], { cwd });
    await isAtWork();
    stopped.interrupt();
    const first = await stopped.ended;
    // The next command is then as in another process.
    await closeEndpoints();

    const second = await pushFile([register('w3', 'Twelve')], '--yes');

    expect(first.code).toBe(130);
    expect(documentsOf(first).map(({ changeId }) => changeId)).toEqual(['w1', 'w2']);
    expect(second.code).toBe(0);
    expect(appliedNames()).toEqual(['Ten', 'Eleven', 'Twelve']);
  });
});

test.each([
  ['Ctrl-C', ['SIGINT']],
  // A shell may pass the signal of a closed terminal on, so that a process gets it twice.
  ['a closed terminal', ['SIGHUP', 'SIGHUP']],
] as const)(
  '%s lets push finish the change in flight and leaves the other changes of the batch on the queue',
  async (_what, signals) => {
    procurios.control.clearFaults();
    procurios.control.resetApplied();
    procurios.control.resetRequests();
    procurios.control.fault({ route: REGISTER, nth: 1, do: { kind: 'latency', ms: 3_000 } });
    const [one, two, three] = ['1', '2', '3'].map((number) => `${signals[0]}-${number}`) as [
      string,
      string,
      string,
    ];
    const lines = [one, two, three].map((id) => register(id, id));
    await writeFile(join(cwd, 'changes.jsonl'), linesOf(lines));
    await closeEndpoints();
    const stopped = startProcess(['push', 'changes.jsonl', '--embedded', '--yes', '--json'], { cwd });
    await isAtWork();
    for (const signal of signals) stopped.interrupt(signal);
    const first = await stopped.ended;
    const appliedFirst = appliedNames();

    // Of an empty file: it has nothing of its own to send.
    const second = await pushFile([], '--yes');

    expect(first.code).toBe(130);
    expect(documentsOf(first).map(({ outcome }) => outcome)).toEqual(['accepted', 'queued', 'queued']);
    expect(first.stderr).toContain('some changes are still on the queue; the next push sends them');
    expect(appliedFirst).toEqual([one]);
    expect(second).toMatchObject({ code: 0, stdout: '' });
    expect(appliedNames()).toEqual([one, two, three]);
  },
);

describe('changes', () => {
  beforeAll(async () => {
    procurios.control.clearFaults();
    procurios.control.fault(LOST);
    await pushFile([register('c-lost', 'Hopper'), refused('c-no'), register('c-good', 'Kahn')], '--yes');
  });

  test('changes list shows the newest change first and marks held changes', async () => {
    const { code, stdout, stderr } = await changes('list', '--limit', '1000');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^c-lost +unknown \(held\) +register +form\/1 +\S+Z +1 /m);
    expect(stdout.indexOf('c-lost')).toBeLessThan(stdout.indexOf('again'));
    expect(stderr).toMatch(/changes held for an operator: npx procurios-sync changes show ID --embedded/);
  });

  test('changes list takes an outcome, a time and a limit', async () => {
    const rejected = await changes('list', '--outcome', 'rejected', '--limit', '1', '--json');
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const future = await changes('list', '--since', tomorrow, '--json');

    expect(documentsOf(rejected)).toEqual([
      {
        changeId: 'c-no',
        outcome: 'rejected',
        held: false,
        operation: 'addAction',
        subject: 'campaign/c-no',
        queuedAt: expect.any(String),
        changedAt: expect.any(String),
        attempts: 1,
        status: 400,
        reason: 'Procurios answered 400',
      },
    ]);
    expect(rejected.stderr).toContain('--limit shows more');
    expect(future).toMatchObject({ code: 0, stdout: '' });
  });

  test('changes show has what an operator needs to decide, and values only with --reveal', async () => {
    const hidden = await changes('show', 'c-no');
    const revealed = await changes('show', 'c-no', '--reveal', '--json');

    expect(hidden.stdout).toMatch(/^operation +addAction: POST \/l\/engagement_api\/action$/m);
    expect(hidden.stdout).toMatch(/^errors +…$/m);
    expect(hidden.stdout).toMatch(/^attempts +1 .* rejected, status 400/m);
    expect(hidden.stdout).toMatch(/^body +description, campaignId$/m);
    expect(hidden.stdout).not.toMatch(/Byron|999999/);
    expect(documentsOf(revealed)).toEqual([
      expect.objectContaining({ body: { description: 'Call Ada Byron', campaignId: 999_999 } }),
    ]);
  });

  test('changes show of an accepted change has the relation and no body', async () => {
    const [shown] = documentsOf(await changes('show', 'c-good', '--reveal', '--json'));

    expect(shown).toMatchObject({ outcome: 'accepted', ids: { relationId: expect.any(String) } });
    expect(shown).not.toHaveProperty('body');
  });

  test.each([['list'], ['show'], ['resend'], ['settle']])(
    'changes %s of an unknown id or with a wrong option fails with one line',
    async (name) => {
      const wrong = {
        list: ['--since', 'soon'],
        show: ['none'],
        resend: ['none', '--yes'],
        settle: ['none'],
      };

      const { code, stderr } = await changes(name, ...(wrong[name as 'list'] ?? []));

      expect(code).toBe(['list', 'settle'].includes(name) ? 2 : 1);
      expect(stderr).toMatch(/^(?:USAGE|NOT_FOUND): /);
    },
  );

  test('changes show of a held change has the commands that decide', async () => {
    const { stdout, stderr } = await changes('show', 'c-lost');

    expect(stdout).toMatch(/^applied +perhaps: an attempt had no answer$/m);
    expect(stderr).toContain('npx procurios-sync changes resend c-lost --embedded, or\n');
    expect(stderr).toContain('npx procurios-sync changes settle c-lost --embedded --accepted');
  });

  test('changes resend asks first, and resends no change if one of them cannot be resent', async () => {
    const asked = await changes('resend', 'c-lost');
    const mixed = await changes('resend', 'c-lost', 'c-good', '--yes');

    expect(asked).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^c-lost may have been applied already/),
    });
    expect(mixed).toMatchObject({ code: 1, stderr: expect.stringContaining('c-good was accepted') });
    expect(documentsOf(await changes('show', 'c-lost', '--json'))).toMatchObject([{ outcome: 'unknown' }]);
    expect(appliedNames()).toEqual([]);
  });

  test('changes resend sends the same change once more and waits for its outcome', async () => {
    const { code, stdout, stderr } = await changes('resend', 'c-lost', '--yes');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^c-lost +register +form\/1 +accepted$/m);
    expect(stderr).toContain('c-lost may have been applied already');
    expect(appliedNames()).toEqual(['Hopper']);
  });

  test('changes show --json names the fields that it leaves out', async () => {
    const [hidden] = documentsOf(await changes('show', 'c-no', '--json'));
    const [revealed] = documentsOf(await changes('show', 'c-no', '--json', '--reveal'));

    expect(hidden).toMatchObject({ leftOut: ['body', 'errors'], errors: ['…'] });
    expect(hidden).not.toHaveProperty('body');
    expect(revealed).toMatchObject({ leftOut: [], body: expect.any(Object), errors: ['Unknown campaign'] });
  });

  test('changes show of an id longer than a DynamoDB key reports that the change does not exist', async () => {
    const { code, stderr } = await changes('show', 'x'.repeat(3_000));

    expect(code).toBe(1);
    expect(stderr).toMatch(/^NOT_FOUND: the ledger has no change x{127}…$/m);
  });

  test('changes settle keeps the note, drops the body, and refuses an accepted change', async () => {
    const settled = await changes('settle', 'c-no', '--rejected', '--note', 'there is no such campaign');

    const again = await changes('settle', 'c-good', '--accepted', '--note', 'x');

    expect(settled).toMatchObject({ code: 0, stderr: expect.stringContaining('its body was dropped') });
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^NOT_POSSIBLE: c-good was accepted/),
    });
    const [shown] = documentsOf(await changes('show', 'c-no', '--reveal', '--json'));
    expect(shown).toMatchObject({ outcome: 'rejected', note: 'there is no such campaign', errors: [] });
    expect(shown).not.toHaveProperty('body');
  });

  test('changes settle takes exactly one outcome', async () => {
    const both = await changes('settle', 'c-no', '--accepted', '--rejected', '--note', 'x');

    expect(both).toMatchObject({ code: 2, stderr: expect.stringMatching(/--accepted or --rejected/) });
  });
});

test('push shows no values of the changes', async () => {
  const source = await readFile(join(cwd, 'changes.jsonl'), 'utf8');

  const { stdout, stderr } = await run(['push', 'changes.jsonl', '--embedded', '--yes'], { cwd });

  expect(source).toContain('Kahn');
  expect(stdout + stderr).not.toMatch(/Hopper|Kahn|Byron/);
});
