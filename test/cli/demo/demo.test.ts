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

test('the demo pulls twice; the second pull writes the edits and rejects what outgrew an item', () => {
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/\nmembers +3,000 +3 +2,996 +1 +31\n/);
  expect(first.stdout).toMatch(/\ncontact-moments +1,500 +3 +1,500 +0 +\d+\n/);
  // Without a terminal, tables may be wider. Commands are whole, so that they can be copied.
  const prose = first.stdout.split('\n').filter((line) => !/\S {2}|─|^ {2}npx /.test(line));
  expect(prose.filter((line) => line.length > 80)).toEqual([]);
  expect(first.stdout).toContain('its item now has email_addresses ["new.address@example.com"]');
});

test('the demo sends three changes and pulls the accepted one back', () => {
  expect(first.stdout).toMatch(/\nnew-member +register +form\/1 +accepted\n/);
  expect(first.stdout).toMatch(/\nwrong-campaign +addAction +\S+ +rejected +Procurios answered 400\n/);
  expect(first.stdout).toMatch(/\nno-answer +createThing +thing\/1 +unknown \(held\) /);
  expect(first.stdout).toMatch(/\nmembers 3002 +Grace Voorbeeld, as the change says\n/);
});

test('a demo beside another one in the same folder says that the folder is in use', () => {
  expect(beside).toMatchObject({ code: 1, stdout: '' });
  expect(beside.stderr).toMatch(/^RUN_ACTIVE: the data folder .procurios-sync is in use/);
});

test('the demo leaves its tables and nothing else, and the commands it names work as written', async () => {
  const commands = first.stdout.match(/(?<=^ {2}npx procurios-sync )(?:show|export|changes) .+$/gm) ?? [];

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
