import { expect, test } from '@jest/globals';
import { pick } from '../../support/assembly.ts';
import { startChanged } from './demo-on-endpoints.ts';

test('a handler that the bundle does not export is refused, and the error names it', async () => {
  const started = startChanged((resources) => {
    pick(resources, 'AWS::Lambda::Function', 'PushFunction').Properties.Handler = 'index.main';
  });

  await expect(started).rejects.toThrow(
    /^PushFunction\w+: Runtime\.ImportModuleError: the bundle exports no function main/,
  );
});

test("another key for a stream's table rejects all its objects, so the run is incomplete", async () => {
  const { stack } = await startChanged((resources) => {
    const { Properties } = pick(resources, 'AWS::DynamoDB::GlobalTable', 'Streamschannels');
    Properties.KeySchema[0].AttributeName = 'id';
    Properties.AttributeDefinitions[0].AttributeName = 'id';
  });

  const ran = await stack.runSchedule();

  expect(ran).toMatchObject({
    status: 'SUCCEEDED',
    result: {
      status: 'incomplete',
      streams: {
        channels: { status: 'incomplete', rejected: 6, error: { code: 'RESPONSE_INVALID' } },
        orders: { status: 'complete' },
      },
    },
  });
});
