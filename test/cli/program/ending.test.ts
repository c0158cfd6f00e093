import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { newFolder } from '../../support/command-line.ts';
import { runProcess, startProcess } from '../../support/command-process.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await newFolder();
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a full disk', () => {
  test('a command whose result cannot be written to stdout says so, with exit code 1', async () => {
    const ended = await runProcess(['help', 'BUG'], { cwd, full: 'stdout' });

    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe(
      'FILE_FAILED: stdout cannot be written (ENOSPC); the command has ended, and its result is lost\n',
    );
  });

  test('a command that failed keeps its exit code although the failure cannot be written to stdout', async () => {
    const ended = await runProcess(['pul', '--json'], { cwd, full: 'stdout' });

    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^FILE_FAILED: stdout cannot be written \(ENOSPC\)/);
  });

  test('a command whose messages cannot be written to stderr keeps its result and its exit code', async () => {
    const failed = await runProcess(['pul'], { cwd, full: 'stderr' });
    const done = await runProcess(['show', '--version'], { cwd, full: 'stderr' });

    expect(failed.code).toBe(2);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d/) });
  });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('the simulator ends at %s', async (signal) => {
  const simulator = startProcess(['simulator', '--port', '0', '--relations', '50', '--json'], { cwd });
  await once(simulator.process.stdout as Readable, 'data');

  simulator.process.kill(signal);

  expect((await simulator.ended).code).toBe(0);
});
