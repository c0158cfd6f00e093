import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { CONTROL_HEADER } from '../../../local/simulator/simulator.ts';
import { newFolder, run } from '../../support/command-line.ts';
import { startProcess } from '../../support/command-process.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await newFolder();
});

const write = (name: string, text: string) => writeFile(join(cwd, name), text);

test('the simulator begins with the switches and faults of a plan', async () => {
  const fault = { fromShare: 0.4, times: 1, perWalk: true, do: { kind: 'job', removes: { oldest: 3 } } };
  await write('plan.json', JSON.stringify({ switches: { collectionPageSize: 25 }, faults: [fault] }));
  const simulator = startProcess(
    ['simulator', '--port', '0', '--relations', '50', '--json', '--plan', 'plan.json'],
    { cwd },
  );
  let line = '';
  simulator.process.stdout?.on('data', (chunk: Buffer) => {
    line += chunk.toString();
  });
  while (!line.endsWith('\n')) await setTimeout(5);
  const { url } = JSON.parse(line);
  const planned = await fetch(`${url}/_simulator/faults`, {
    headers: { [CONTROL_HEADER]: '1', connection: 'close' },
  });

  expect(await planned.json()).toEqual([{ fault, happened: 0 }]);
  simulator.process.kill('SIGTERM');
  expect((await simulator.ended).code).toBe(0);
});

test.each([
  ['{', 'plan.json: expected JSON, {"switches": {…}, "faults": […]}'],
  ['[]', 'plan.json: expected JSON'],
  ['{"fault": []}', 'plan.json: expected JSON'],
  ['{"faults": [7]}', 'plan.json: expected JSON'],
  ['{"switches": {"pageSize": 7}}', "plan.json: 'pageSize' is not a switch"],
  [
    '{"faults": [{"do": {"kind": "order", "by": "age"}}]}',
    "plan.json: 'by' of the fault 'order' must be one of key, name, modified",
  ],
])('the plan %s is refused with exit code 2', async (text, message) => {
  await write('plan.json', text);

  const { code, stderr } = await run(['simulator', '--port', '0', '--plan', 'plan.json'], { cwd });

  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test('a plan that does not exist is named', async () => {
  const { code, stderr } = await run(['simulator', '--port', '0', '--plan', 'none.json'], { cwd });

  expect(stderr).toContain('there is no file none.json');
  expect(code).toBe(1);
});
