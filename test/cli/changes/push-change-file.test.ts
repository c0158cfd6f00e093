import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readChangeFile } from '../../../cli/changes/change-source.ts';
import { SyncError } from '../../../lambda/core/errors.ts';
import { type FiledChange, parseChangeLines } from '../../../operator/changes/change-file.ts';
import { operationOf } from '../../support/push-world.ts';

const operations = {
  register: operationOf(),
  present: operationOf({ name: 'present', path: '/l/m/{meeting}' }),
};

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const GOOD = '{"changeId":"c1","operation":"register","subject":"relation/1","body":{"name":"Ada"}}';

const parse = (text: string): FiledChange[] =>
  parseChangeLines(Buffer.from(text), { operations, environment: 'acme' });

function problemsOf(lines: string | Buffer): unknown {
  try {
    return parseChangeLines(Buffer.from(lines), { operations, environment: 'acme' });
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    expect(error.code).toBe('CHANGE_INVALID');
    return error.problems;
  }
}

describe('changes in JSON Lines', () => {
  test('changes in JSON Lines are numbered by their lines, and empty lines are skipped', () => {
    const changes = parse(`\uFEFF${GOOD}\r\n\n  \n${GOOD.replace('c1', 'c2')}`);

    expect(changes.map(({ line, change }) => [line, change.changeId])).toEqual([
      [1, 'c1'],
      [4, 'c2'],
    ]);
  });

  test('changes in JSON Lines keep every digit', () => {
    const [filed] = parse(GOOD.replace('"Ada"', '9007199254740993'));

    expect(filed?.text).toContain('"name":9007199254740993');
  });

  test('changes in JSON Lines without a changeId get one, in the message too', () => {
    const changes = parse(`${GOOD.replace('"changeId":"c1",', '')}\n`.repeat(2));

    const ids = changes.map(({ change }) => change.changeId);
    expect(ids).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
    expect(new Set(ids).size).toBe(2);
    expect(changes.map(({ text }) => JSON.parse(text).changeId)).toEqual(ids);
  });

  test('changes in JSON Lines may be the details of events, which name the environment of the config', () => {
    const [filed] = parse(GOOD.replace('{', '{"environment":"acme",'));

    expect(JSON.parse(filed?.text ?? '')).toEqual(JSON.parse(GOOD));
    expect(problemsOf(GOOD.replace('{', '{"environment":"other",'))).toMatchObject([
      { path: 'line 1, environment' },
    ]);
  });

  test('changes in JSON Lines may contain the same change twice', () => {
    expect(parse(`${GOOD}\n${GOOD}`)).toHaveLength(2);
  });

  test('changes in JSON Lines are refused with every problem of every line', () => {
    const problems = problemsOf(
      [
        GOOD,
        'not JSON',
        '{"changeId":"c 2","operation":"register","subject":7,"body":{}}',
        '{"operation":"present","subject":"s","body":{}}',
        GOOD.replace('Ada', 'Grace'),
        '[]',
      ].join('\n'),
    );

    expect(problems).toEqual([
      { path: 'line 2', expected: 'JSON' },
      { path: 'line 3, changeId', expected: expect.any(String) },
      { path: 'line 3, subject', expected: expect.any(String) },
      { path: 'line 4, parameters.meeting', expected: 'a text or an integer' },
      { path: 'line 5, changeId', expected: 'another: line 1 has it with other content' },
      { path: 'line 6', expected: 'a JSON object' },
    ]);
  });

  test.each([
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'UTF-8'],
    ['more than 256 KB', GOOD.replace('Ada', 'a'.repeat(256 * 1024)), 'at most 256 KB of JSON'],
    ['a name that stands twice', GOOD.replace('"Ada"', '"Ada","name":"Grace"'), 'to stand there once'],
    ['a changeId of null', GOOD.replace('"c1"', 'null'), expect.stringMatching(/^1 to 128/)],
  ])('changes in JSON Lines are refused for %s', (_what, line, expected) => {
    expect(problemsOf(line)).toEqual([{ path: expect.stringMatching(/^line 1/), expected }]);
  });
});

test('a change nested thousands of levels deep is refused as too deep', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

  const problems = problemsOf(`{"operation":"register","subject":"s","body":${deep}}`);

  expect(problems).toContainEqual(
    expect.objectContaining({ expected: 'what the ledger can hold (TOO_DEEP)' }),
  );
});

test('a folder instead of a file of changes is refused', async () => {
  await expect(readChangeFile(tmpdir())).rejects.toMatchObject({
    code: 'FILE_FAILED',
    message: `${tmpdir()} cannot be read (EISDIR)`,
  });
});

test('a file of changes that does not exist is named', async () => {
  const file = join(tmpdir(), 'procurios-sync-no-such-file.jsonl');

  await expect(readChangeFile(file)).rejects.toMatchObject({
    code: 'FILE_FAILED',
    message: `there is no file ${file}`,
  });
});
