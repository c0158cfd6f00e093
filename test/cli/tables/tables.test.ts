import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newFolder, run, type Setting, writeConfig } from '../../support/command-line.ts';
import { LAUNCHER } from '../../support/command-process.ts';
import { dynamoDbOf } from '../../support/embedded-aws.ts';
import { answerJson, type HttpServer, startHttpServer } from '../../support/http-server.ts';
import { closeEndpoints, keepEndpoints, keptEndpoints } from '../../support/kept-endpoints.ts';

keepEndpoints();

/** As the API sends them; the last one is a reject. */
const THINGS = `[
  {"id": "a/1", "count": 9007199254740993, "price": 0.1000000000000000055, "title": "Zoë, \\"the\\" one\\u001b[2J", "tags": ["x"]},
  {"id": "b", "count": 2, "note": null},
  {"id": "c", "_hash": "mine"}
]`;

/** As the API sends them: one is stored, one is a reject with a key, and 1,500 have none. */
const KEYLESS = [{ id: 1 }, { id: 2, _hash: 'x' }, ...Array.from({ length: 1500 }, () => ({ name: 'x' }))];

let server: HttpServer;
let setting: Setting;
beforeAll(async () => {
  server = await startHttpServer(({ path }, response) => {
    if (path.startsWith('/l/oauth2/')) answerJson(response, { access_token: 'token' });
    else if (path.startsWith('/keyless')) answerJson(response, KEYLESS);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(THINGS);
  });
  setting = { cwd: await newFolder() };
  const stream = { mediaType: 'application/json', key: 'id', paging: { kind: 'onePage' } };
  await writeConfig(setting.cwd, {
    environment: 'test',
    host: server.origin,
    auth: { grant: 'clientCredentials', scopes: ['things'] },
    streams: [
      { ...stream, name: 'things', path: '/things' },
      { ...stream, name: 'nothing', path: '/things' },
      { ...stream, name: 'keyless', path: '/keyless' },
    ],
  });
  await run(['pull', '--embedded', '--stream', 'things'], setting);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Adds a tombstone to a stream. Disposing of it removes it. */
async function goneItem(stream = 'things'): Promise<AsyncDisposable> {
  const dynamoDb = dynamoDbOf(keptEndpoints(setting.cwd));
  const table = { TableName: `procurios-sync-test-${stream}` };
  const key = { _id: { S: 'gone%2F1' } };
  const fields = {
    id: { S: 'gone/1' },
    title: { S: 'Old' },
    _hash: { S: 'gone' },
    _changedAt: { S: '2026-11-20T03:00:00.000Z' },
    _run: { S: 'r1' },
    _deletedAt: { S: '2026-11-24T03:00:00.000Z' },
    _deletedBecause: { S: 'archived' },
    _expiresAt: { N: '1798081200' },
  };
  await dynamoDb.send(new PutItemCommand({ ...table, Item: { ...key, ...fields } }));
  return {
    async [Symbol.asyncDispose]() {
      await dynamoDb.send(new DeleteItemCommand({ ...table, Key: key }));
      dynamoDb.destroy();
    },
  };
}

const embedded = (...args: string[]) => run([...args, '--embedded'], setting);

describe('show', () => {
  test('show prints an item whole, with every digit', async () => {
    const [json, pretty] = [
      await embedded('show', 'things', 'a%2F1', '--json'),
      await embedded('show', 'things', 'a%2F1'),
    ];

    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(json.stdout).toContain('"count":9007199254740993,"price":0.1000000000000000055,');
    expect(json.stdout.match(/\n/g)).toHaveLength(1);
    expect(pretty.stdout).toContain('\n  "count": 9007199254740993,\n');
  });

  test('show lists items as a table without the control characters in them, or as JSON Lines', async () => {
    const [table, lines] = [await embedded('show', 'things'), await embedded('show', 'things', '--json')];

    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/^_id +id +count +price +title +_changedAt\n/);
    expect(table.stdout).not.toContain('\u001b');
    expect(table.stderr).toBe('all 2 items\n');
    expect(
      lines.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)._id)
        .sort(),
    ).toEqual(['a%2F1', 'b']);
  });

  test('show reports on stderr how many of the items it lists', async () => {
    const { stdout, stderr } = await embedded('show', 'things', '--json', '--limit', '1');

    expect(stdout.match(/\n/g)).toHaveLength(1);
    expect(stderr).toBe('the first item; --limit shows more, an ID shows one whole\n');
  });

  test('show --rejects lists the rejects, with the reason and without the value', async () => {
    const { code, stdout, stderr } = await embedded('show', 'things', '--rejects');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '1 of 1 reject\n' });
    expect(stdout).toMatch(/^c {2}RESERVED_NAME: .* \(page 1, field _hash, seen at [^)]+Z\)\n$/);
    expect(stdout).not.toContain('mine');
  });

  test('show --rejects has one line for all objects without a key, and --json each of them', async () => {
    await embedded('pull', '--stream', 'keyless');

    const text = await embedded('show', 'keyless', '--rejects');
    const json = await embedded('show', 'keyless', '--rejects', '--json');

    expect(text.stdout).toMatch(
      /^2 {2}RESERVED_NAME: .*\n\(no key\) {2}KEY_MISSING: .* \(1,500 objects on page 1, field id, seen at .*Z\)\n$/,
    );
    expect(text.stderr).toBe('1,501 of 1,501 rejects\n');
    expect(json.stdout.match(/\n/g)).toHaveLength(20);
    expect(json.stderr).toBe('20 of 1,501 rejects\n');
  });

  test('show finds an item by the value of its key too', async () => {
    const { code, stdout } = await embedded('show', 'things', 'a/1', '--json');

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ _id: 'a%2F1' });
  });

  test('show ID --rejects lists the rejects of that object only', async () => {
    const [mine, other] = [
      await embedded('show', 'things', 'c', '--rejects'),
      await embedded('show', 'things', 'b', '--rejects'),
    ];

    expect(mine).toMatchObject({ code: 0, stderr: '1 of 1 reject\n' });
    expect(other).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^NOT_FOUND: /) });
  });

  test('show and export turn sets and binary values of other programs into lists and base64', async () => {
    const dynamoDb = dynamoDbOf(keptEndpoints(setting.cwd));
    const table = { TableName: 'procurios-sync-test-nothing' };
    const key = { _id: { S: 's' } };
    const fields = { tags: { SS: ['x', 'y'] }, sizes: { NS: ['1'] }, raw: { B: Buffer.from('hi') } };
    await dynamoDb.send(new PutItemCommand({ ...table, Item: { ...key, ...fields } }));

    const one = await embedded('show', 'nothing', 's', '--json');
    const all = await embedded('export', 'nothing');

    await dynamoDb.send(new DeleteItemCommand({ ...table, Key: key }));
    dynamoDb.destroy();
    const shown = { tags: expect.arrayContaining(['x', 'y']), sizes: [1], raw: 'aGk=' };
    expect(JSON.parse(one.stdout)).toEqual({ _id: 's', ...shown });
    expect(JSON.parse(all.stdout)).toEqual(shown);
  });

  test('show leaves out items whose object is gone, and --deleted includes them', async () => {
    await using _gone = await goneItem();

    const [table, lines, all, allLines, one, gone] = [
      await embedded('show', 'things'),
      await embedded('show', 'things', '--json', '--limit', '2'),
      await embedded('show', 'things', '--deleted'),
      await embedded('show', 'things', '--deleted', '--json'),
      await embedded('show', 'things', 'gone/1'),
      await embedded('show', 'things', 'gone/1', '--deleted', '--json'),
    ];

    expect(table.stderr).toBe('all 2 items\n');
    expect(table.stdout).not.toContain('gone');
    expect(lines.stderr).toBe('all 2 items\n');
    expect(all.stderr).toBe('all 3 items\n');
    expect(all.stdout).toMatch(/^_id .* _deletedAt *\n/);
    expect(all.stdout).toContain('2026-11-24T03:00:00.000Z');
    expect(allLines.stdout).toContain('"_deletedBecause":"archived"');
    expect(one).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^NOT_FOUND: .* no item with that id, but a deleted one; --deleted shows it/,
      ),
    });
    expect(JSON.parse(gone.stdout)).toMatchObject({ _id: 'gone%2F1', title: 'Old' });
  });

  test('show does not call a table empty that has items whose object is gone', async () => {
    await using _gone = await goneItem('nothing');

    expect(await embedded('show', 'nothing')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'table procurios-sync-test-nothing has deleted items only; --deleted lists them\n',
    });
  });

  test('show reports a missing item as an error, and an empty table without one', async () => {
    const [item, table] = [await embedded('show', 'things', 'z'), await embedded('show', 'nothing')];

    expect(item).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^NOT_FOUND: /) });
    expect(table).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('is empty') });
  });
});

describe('export', () => {
  test('export writes the objects as Procurios sent them, one a line, with every digit', async () => {
    const { code, stdout, stderr } = await embedded('export', 'things');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '2 objects exported\n' });
    expect(stdout.trim().split('\n').sort()).toEqual([
      '{"id":"a/1","count":9007199254740993,"price":0.1000000000000000055,"title":"Zoë, \\"the\\" one\\u001b[2J","tags":["x"]}',
      '{"id":"b","count":2,"note":null}',
    ]);
  });

  test('export leaves out objects that are gone, and --deleted includes them with when and why', async () => {
    await using _gone = await goneItem();

    const [live, all] = [await embedded('export', 'things'), await embedded('export', 'things', '--deleted')];

    expect(live.stderr).toBe('2 objects exported\n');
    expect(live.stdout).not.toContain('gone');
    expect(all.stderr).toBe('3 objects exported\n');
    const gone = all.stdout.split('\n').find((line) => line.includes('gone'));
    expect(JSON.parse(gone ?? '')).toEqual({
      id: 'gone/1',
      title: 'Old',
      _deletedAt: '2026-11-24T03:00:00.000Z',
      _deletedBecause: 'archived',
    });
  });

  test('export writes CSV with the columns of all objects, to a file that appears once it is complete', async () => {
    const { code, stdout } = await embedded(
      'export',
      'things',
      '--format',
      'csv',
      '--out',
      'things.csv',
      '--json',
    );

    const [head, ...rows] = (await readFile(join(setting.cwd, 'things.csv'), 'utf8')).trim().split('\n');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ stream: 'things', objects: 2, file: 'things.csv' });
    expect(head?.split(',').sort()).toEqual(['count', 'id', 'note', 'price', 'tags', 'title']);
    expect(rows).toHaveLength(2);
    expect(rows.join('\n')).toContain('9007199254740993');
    expect(await readdir(setting.cwd)).not.toContain('things.csv.partial');
  });

  test('export writes CSV of one reading of the table, so no column is lost that a pull adds meanwhile', async () => {
    let scans = 0;
    await using dynamoDb = await startHttpServer((_request, response) => {
      scans += 1;
      // Two pages; a second reading would show another state of the table.
      const a = { N: String(Math.ceil(scans / 2)) };
      const page =
        scans % 2 === 1
          ? { Items: [{ _id: { S: '1' }, a }], LastEvaluatedKey: { _id: { S: '1' } } }
          : { Items: [{ _id: { S: '2' }, a, late: { S: '\u2028;"' } }] };
      answerJson(response, page);
    });
    const env = {
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.origin,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    };

    const { code, stdout } = await run(['export', 'things', '--format', 'csv'], { ...setting, env });

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'a,late\n1,\n1,"\u2028;"""\n' });
  });

  test('export --excel writes semicolons and a byte order mark, and goes with CSV only', async () => {
    const csv = await embedded('export', 'things', '--format', 'csv', '--excel');
    const lines = await embedded('export', 'things', '--excel');

    expect(csv.stdout).toMatch(/^\ufeff(\w+;){5}\w+\n/);
    expect(lines).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--excel goes with --format csv'),
    });
  });

  test('export to a file that cannot be written fails with exit code 1', async () => {
    const ended = await embedded('export', 'things', '--out', 'no-such-folder/things.jsonl');

    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toBe('FILE_FAILED: no-such-folder/things.jsonl cannot be written (ENOENT)\n');
  });

  test('export refuses CSV on stdout together with --json', async () => {
    const { code, stdout } = await embedded('export', 'things', '--format', 'csv', '--json');

    expect(code).toBe(2);
    expect(JSON.parse(stdout).error.code).toBe('USAGE');
  });
});

test('a reader of stdout that leaves early does not fail show', async () => {
  await closeEndpoints();
  const child = spawn(process.execPath, [LAUNCHER, 'show', 'things', '--embedded'], {
    cwd: setting.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdout.destroy();

  const [code] = await once(child, 'close');

  expect(code).toBe(0);
  expect(stderr).toBe('all 2 items\n');
});

test('a file in place of the data folder fails the demo with one line', async () => {
  const cwd = await newFolder();
  await writeFile(join(cwd, '.procurios-sync'), '');

  const { code, stderr } = await run(['demo'], { cwd });

  expect(code).toBe(1);
  expect(stderr).toBe(
    'FILE_FAILED: the data folder .procurios-sync cannot be created, because a file is in its place (EEXIST): move that file away\n',
  );
});
