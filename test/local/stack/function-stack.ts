import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import type { Assembly } from '../../../local/stack/read-assembly.ts';
import { type LocalStack, startStack } from '../../../local/stack/start-stack.ts';
import { assetsOf } from '../../support/assembly.ts';

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
        remaining: context.getRemainingTimeInMillis(), now: Date.now(), nothing: undefined,
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

interface StartOptions {
  readonly event?: object;
  readonly target?: unknown;
  /** The functions' clock. */
  readonly now?: () => number;
}

/** Starts a stack of one function and the schedule that invokes it with `event`. */
export async function start(
  asset: keyof typeof SOURCES,
  properties: object = {},
  { event = {}, target = { Ref: 'Live' }, now }: StartOptions = {},
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
        Target: { Arn: target, RoleArn: 'not looked at', Input: JSON.stringify(event) },
      },
    },
  };
  const lines: string[] = [];
  const stack = await startStack({
    assembly: { stackName: 'acme', template: { Resources }, assets },
    aws,
    procuriosHost: 'http://127.0.0.1:1',
    ...(now && { now }),
    onLog: (_id, line) => lines.push(line),
  });
  started.push(stack);
  return { stack, lines };
}
/** Starts a stack and runs its schedule this many times. */
export async function run(
  event: object,
  ...[asset, properties, times = 1]: [keyof typeof SOURCES, object?, number?]
) {
  const { stack, lines } = await start(asset, properties, { event });
  const ran: Awaited<ReturnType<LocalStack['runSchedule']>>[] = [];
  for (let time = 0; time < times; time += 1) ran.push(await stack.runSchedule());
  return { ran, lines };
}
