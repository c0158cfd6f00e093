import { describe, expect, test } from '@jest/globals';
import { waitUntil } from '../../support/command-line.ts';
import { run, start } from './function-stack.ts';

const ARN = 'arn:aws:lambda:eu-west-1:000000000000:function:acme-Job';

describe('an ordinary function', () => {
  test('an ordinary function stays loaded between invocations, and its environment has nothing of this process', async () => {
    const Environment = {
      Variables: { TABLE: 'a table', QUEUE: { 'Fn::Join': ['-', [{ Ref: 'AWS::StackName' }, 'queue']] } },
    };
    const { ran, lines } = await run({ id: 7 }, 'ordinary', { Environment, Timeout: 900 }, 2);

    const [first, second] = ran.map(({ result }) => result as Record<string, unknown>);
    expect(first).toMatchObject({ event: { id: 7 }, invocations: 1, arn: `${ARN}:live` });
    expect(second).toMatchObject({ invocations: 2 });
    expect(Number(first?.remaining)).toBeGreaterThan(800_000);
    expect(Number(first?.remaining)).toBeLessThanOrEqual(900_000);
    expect(Object.keys(first?.environment ?? {}).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_ENDPOINT_URL_DYNAMODB',
      'AWS_ENDPOINT_URL_EVENTBRIDGE',
      'AWS_ENDPOINT_URL_LAMBDA',
      'AWS_ENDPOINT_URL_SECRETS_MANAGER',
      'AWS_ENDPOINT_URL_SQS',
      'AWS_EXECUTION_ENV',
      'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_PROFILE',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'PROCURIOS_HOST',
      'QUEUE',
      'TABLE',
      'TZ',
    ]);
    expect(first?.environment).toMatchObject({ TABLE: 'a table', QUEUE: 'acme-queue' });
    // A worker's output and its answer arrive over different channels, so the output may come later.
    await waitUntil(() => lines.length >= 2);
    expect(lines).toEqual(['invoked', 'invoked']);
  });

  test("a function's clock is the stack's, which may be days behind, and its time left is that of its timeout", async () => {
    const DAY_MS = 24 * 60 * 60 * 1000;
    let daysAgo = 3;
    const { stack } = await start('ordinary', { Timeout: 900 }, { now: () => Date.now() - daysAgo * DAY_MS });
    const before = Date.now();

    const { result: first } = (await stack.runSchedule()) as { readonly result: Record<string, number> };
    daysAgo = 0;
    const { result: second } = (await stack.runSchedule()) as { readonly result: Record<string, number> };

    expect(first.now).toBeGreaterThanOrEqual(before - 3 * DAY_MS);
    expect(first.now).toBeLessThanOrEqual(Date.now() - 3 * DAY_MS);
    expect(first.remaining).toBeGreaterThan(800_000);
    expect(first.remaining).toBeLessThanOrEqual(900_000);
    expect(second.now).toBeGreaterThanOrEqual(before);
    expect(second).toMatchObject({ invocations: 2 });
  });

  test.each([
    ['throws', 'Job: TypeError: no such thing'],
    ['exits', 'Job: Runtime.ExitError: the function exited its process'],
  ])(
    'an ordinary function that %s fails with its name, and is loaded again if necessary',
    async (what, message) => {
      const { stack } = await start('ordinary', { Timeout: 60 }, { event: { [what]: true } });

      await expect(stack.runSchedule()).rejects.toThrow(message);
      await expect(stack.runSchedule()).rejects.toThrow(message);
    },
  );

  test.each([
    ['needsPackage', 'Job: Runtime.ImportModuleError: not-bundled is not in the bundle'],
    ['needsProject', 'Job: Runtime.ImportModuleError: zod is not in the bundle'],
  ] as const)(
    'an ordinary function that imports from outside its bundle is not loaded (%s)',
    async (asset, message) => {
      await expect(start(asset)).rejects.toThrow(message);
    },
  );

  test.each<[string, object, string]>([
    ['handler', { Handler: 'index.handle' }, 'the bundle exports no function handle'],
    [
      'module',
      { Handler: 'main.handler' },
      'Job.Properties.Handler: the bundle has no main.js, .mjs or .cjs',
    ],
    ['asset', { Code: { S3Key: 'no.zip' } }, 'Job.Properties.Code.S3Key: is not an asset of the assembly'],
    ['runtime', { Runtime: 'nodejs18.x' }, 'Job.Properties.Runtime: is not a Node.js runtime of Lambda'],
    ['time', { Timeout: 901 }, 'Job.Properties.Timeout: '],
    [
      'reserved variable',
      { Environment: { Variables: { AWS_REGION: 'eu-west-1' } } },
      'Job.Properties.Environment.Variables.AWS_REGION: is a variable that Lambda sets itself',
    ],
    [
      'variable',
      { Environment: { Variables: { TABLE: { Ref: 'Table' } } } },
      'Job.Properties.Environment.Variables.TABLE.Ref: the template has no resource Table',
    ],
    [
      'attribute',
      { Environment: { Variables: { STREAM: { 'Fn::GetAtt': ['Job', 'StreamArn'] } } } },
      'Job.Properties.Environment.Variables.STREAM.Fn::GetAtt: Job (AWS::Lambda::Function) has no StreamArn',
    ],
    [
      'function',
      { Environment: { Variables: { A: { 'Fn::ImportValue': 'other-stack' } } } },
      'Variables.A.Fn::ImportValue: is an intrinsic function that cannot be resolved on this machine',
    ],
    ['layer', { Layers: ['arn'] }, 'Job.Properties.Layers: is not supported on this machine'],
  ])(
    'an ordinary function with a wrong %s is refused, and the error names the place in the template',
    async (_what, properties, message) => {
      await expect(start('ordinary', properties)).rejects.toThrow(message);
    },
  );
});

describe('a durable function', () => {
  const DurableConfig = { ExecutionTimeout: 60 };

  test('a durable function continues after a wait in another invocation, with the results of its steps', async () => {
    const { ran } = await run({ seconds: 1 }, 'durable', { DurableConfig, Timeout: 30 });

    expect(ran).toEqual([
      {
        arn: expect.stringMatching(
          /^arn:aws:lambda:eu-west-1:000000000000:function:acme-Job:1\/durable-execution\//,
        ),
        status: 'SUCCEEDED',
        invocations: 2,
        error: undefined,
        result: {
          event: { seconds: 1 },
          first: { at: expect.any(Number), digits: [1, 2] },
          waited: expect.any(Number),
        },
      },
    ]);
    const { waited } = (ran[0]?.result ?? {}) as { waited?: number };
    expect(waited).toBeGreaterThanOrEqual(900);
  });

  test('a durable function with an ordinary handler fails', async () => {
    const { ran } = await run({}, 'ordinary', { DurableConfig });

    expect(ran).toMatchObject([
      {
        status: 'FAILED',
        error: { message: 'Job: InvalidStatus: the answer is not one of a durable function' },
      },
    ]);
  });

  test('a durable function cannot be invoked without a version or an alias', async () => {
    await expect(
      start('durable', { DurableConfig }, { target: { 'Fn::GetAtt': ['Job', 'Arn'] } }),
    ).rejects.toThrow(
      'Schedule.Properties.Target.Arn: Job is durable and can only be invoked by a version or an alias',
    );
  });
});
