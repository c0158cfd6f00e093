import { expect, test } from '@jest/globals';
import { run, start } from './function-stack.ts';

const DurableConfig = { ExecutionTimeout: 60 };

test('an ordinary function that hangs fails with its timeout, and is loaded again', async () => {
  const { stack } = await start('ordinary', { Timeout: 1 }, { event: { hangs: true } });

  for (const _time of ['first', 'second']) {
    await expect(stack.runSchedule()).rejects.toThrow(
      'Job: Sandbox.Timedout: Task timed out after 1 seconds',
    );
  }
});

test('a durable function that throws fails with its error', async () => {
  const { ran } = await run({ seconds: 1, fails: true }, 'durable', { DurableConfig, Timeout: 30 });

  expect(ran).toMatchObject([{ status: 'FAILED', error: { message: 'failed on purpose' } }]);
});

test('a durable function times out when its execution exceeds its timeout', async () => {
  const { ran } = await run({ seconds: 4 }, 'durable', {
    DurableConfig: { ExecutionTimeout: 3 },
    Timeout: 30,
  });

  expect(ran).toMatchObject([{ status: 'TIMED_OUT', invocations: 1 }]);
});
