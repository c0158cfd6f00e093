import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import type { Assembly } from '../../../local/stack/read-assembly.ts';
import { type LocalStack, startStack } from '../../../local/stack/start-stack.ts';
import { assetsOf } from '../../support/assembly.ts';
import { waitUntil } from '../../support/command-line.ts';

const SOURCES = {
  ordinary: `
    let invocations = 0;
    export async function handler(event, context) {
      invocations += 1;
      console.log('invoked');
      if (event.throws) throw new TypeError('no such thing');
      if (event.exits) process.exit(1);
      while (event.hangs);
      return {
        event, invocations, environment: process.env, arn: context.invokedFunctionArn,
        remaining: context.getRemainingTimeInMillis(), nothing: undefined,
      };
    }`,
  durable: `
    import { withDurableExecution } from '@aws/durable-execution-sdk-js';
    export const handler = withDurableExecution(async (event, context) => {
      const first = await context.step('first', async () => ({ at: Date.now(), digits: [1, 2] }));
      await context.wait('a moment', { seconds: event.seconds });
      if (event.fails) throw new RangeError('failed on purpose');
      const second = await context.step('second', async () => Date.now());
      return { event, first, waited: second - first.at };
    });`,
  needsPackage: `export const handler = async () => {}; import 'not-bundled';`,
  needsProject: `export const handler = async () => {}; require('zod');`,
};

let aws: EmbeddedAws;
let assets: Assembly['assets'];
beforeAll(async () => {
  [aws, assets] = await Promise.all([startEmbeddedAws(), assetsOf(SOURCES)]);
});
afterAll(() => aws?.close());

const started: LocalStack[] = [];
afterEach(async () => {
  for (const stack of started.splice(0)) await stack.close();
});

/** Starts a stack of one function and the schedule that invokes it. */
async function start(
  asset: keyof typeof SOURCES,
  properties: object = {},
  target: unknown = { Ref: 'Live' },
) {
  const Resources = {
    Job: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'assets', S3Key: `${asset}.zip` },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: 'not looked at',
        ...properties,
      },
    },
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Job' } } },
    Live: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: 'Job' },
        FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] },
        Name: 'live',
      },
    },
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 day)',
        Target: { Arn: target, RoleArn: 'not looked at', Input: JSON.stringify(input) },
      },
    },
  };
  const lines: string[] = [];
  const stack = await startStack({
    assembly: { stackName: 'acme', template: { Resources }, assets },
    aws,
    procuriosHost: 'http://127.0.0.1:1',
    onLog: (_id, line) => lines.push(line),
  });
  started.push(stack);
  return { stack, lines };
}
let input: object = {};

/** Starts a stack and runs its schedule this many times. */
async function run(
  event: object,
  ...[asset, properties, times = 1]: [keyof typeof SOURCES, object?, number?]
) {
  input = event;
  const { stack, lines } = await start(asset, properties);
  const ran: Awaited<ReturnType<LocalStack['runSchedule']>>[] = [];
  for (let time = 0; time < times; time += 1) ran.push(await stack.runSchedule());
  return { ran, lines };
}

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

  test.each([
    ['throws', 'Job: TypeError: no such thing'],
    ['exits', 'Job: Runtime.ExitError: the function exited its process'],
    ['hangs', 'Job: Sandbox.Timedout: Task timed out after 1 seconds'],
  ])(
    'an ordinary function that %s fails with its name, and is loaded again if necessary',
    async (what, message) => {
      input = { [what]: true };
      const { stack } = await start('ordinary', { Timeout: what === 'hangs' ? 1 : 60 });

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
    await expect(start('durable', { DurableConfig }, { 'Fn::GetAtt': ['Job', 'Arn'] })).rejects.toThrow(
      'Schedule.Properties.Target.Arn: Job is durable and can only be invoked by a version or an alias',
    );
  });
});
