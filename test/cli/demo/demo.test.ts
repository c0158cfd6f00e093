import { readdir } from 'node:fs/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { synthesizeDemo } from '../../support/assembly.ts';
import { type Ended, newFolder, run } from '../../support/command-line.ts';
import { startProcess } from '../../support/command-process.ts';
import { keepEndpoints } from '../../support/kept-endpoints.ts';

keepEndpoints();

let cwd: string;
let first: Ended;
let beside: Ended;
beforeAll(async () => {
  cwd = await newFolder('a path with spaces');
  // Takes a while the first time, and is then there for the demo.
  await synthesizeDemo();
  const demo = startProcess(['demo'], { cwd });
  await demo.showsOnStderr(/^members/m);
  beside = await run(['demo'], { cwd });
  first = await demo.ended;
});

test('the second night writes the edits and rejects what outgrew an item', () => {
  expect(first.code).toBe(0);
  expect(first.stderr).toMatch(/\nmembers +999 objects: 2 written, 996 unchanged, 1 rejected /);
  // Without a terminal, tables may be wider. Commands are whole, so that they can be copied.
  const prose = first.stdout.split('\n').filter((line) => !/\S {2}\S.* {2}|─|^ {2}(\$ )?npx /.test(line));
  expect(prose.filter((line) => line.length > 80)).toEqual([]);
  expect(first.stdout).toContain('its item now has email_addresses ["new.address@example.com"]');
});

test('a merged member is marked as deleted in the next night, and is live again when Procurios brings it back', () => {
  expect(nights()[1]).toMatch(
    /\nmembers 200 +marked as deleted, because the archive says: merged into 199\n/,
  );
  expect(nights()[2]).toMatch(/\nmembers 200 +listed again, so it is live again\n/);
});

test('a member who left is marked as deleted once three walks and a second reading missed it', () => {
  expect(nights()[1]).toMatch(/\nmembers 150 +missed by 1 walk, but only 3 walks are enough evidence\n/);
  expect(nights()[2]).toMatch(/\nmembers 150 +missed by 2 walks, but only 3 walks are enough evidence\n/);
  expect(nights()[3]).toMatch(
    /\nmembers 150 +marked as deleted, because 3 walks and a second reading missed it\n/,
  );
});

test('a list that looks empty is held with its reason; one of it is approved, and the others are listed again', () => {
  const words = nights().map((night) => night.replace(/\s+/g, ' '));
  expect(words[1]).toContain(' channels 6 missed by 1 walk, but only 2 walks are enough evidence');
  expect(words[2]).toMatch(
    / channels 6 held since .+, because they are more than may go without an operator \(3\) /,
  );
  expect(words[2]).toMatch(/ channels 1 item approved; 1 deleted; 5 items still held, under [0-9a-f]{12} /);
  expect(words[3]).toContain(' channels listed again, so nothing is held any more');
});

/** What the demo printed about each night. */
function nights(): string[] {
  return first.stdout.split(/^(?=Night \d)/m).slice(1);
}

test('the demo sends three changes and pulls the accepted one back', () => {
  expect(first.stdout).toMatch(/\nnew-member +register +form\/1 +accepted\n/);
  expect(first.stdout).toMatch(/\nwrong-campaign +addAction +\S+ +rejected +Procurios answered 400\n/);
  expect(first.stdout).toMatch(/\nno-answer +createThing +thing\/1 +unknown \(held\) /);
  expect(nights()[3]).toMatch(/\nmembers 1002 +Grace Voorbeeld, as the change says\n/);
});

test('a demo beside another one in the same folder says that the folder is in use', () => {
  expect(beside).toMatchObject({ code: 1, stdout: '' });
  expect(beside.stderr).toMatch(/^RUN_ACTIVE: the data folder .procurios-sync is in use/);
});

test('the demo leaves its tables and nothing else, and the commands it names work as written', async () => {
  const commands =
    first.stdout.match(/(?<=^ {2}npx procurios-sync )(?:show|explain|export|changes) .+$/gm) ?? [];

  const ended: Ended[] = [];
  for (const command of commands) ended.push(await run(wordsOf(command), { cwd }));

  expect(commands).toHaveLength(5);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  expect(ended.every(({ stdout }) => stdout.length > 0)).toBe(true);
  expect(await readdir(cwd)).toEqual(['.procurios-sync']);
});

/** A command line's words; one with spaces stands in double quotes. */
function wordsOf(command: string): string[] {
  return (command.match(/"[^"]+"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
}
