import { LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, test } from '@jest/globals';
import { readExecutionState } from '../../../lambda/aws/executions.ts';
import { startEmbeddedLambda } from '../../../local/endpoints/embedded-lambda.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/endpoints/guard.ts';
import { ServiceError } from '../../../local/endpoints/json-service.ts';
import { closeAfterTest } from '../../support/embedded-aws.ts';

const TONIGHT = 'arn:aws:lambda:eu-west-1:111122223333:function:pull:1/durable-execution/tonight/1';

describe('readExecutionState()', () => {
  async function ask(describeExecution: (arn: string) => object | undefined) {
    const unused = async () => ({});
    const lambda = closeAfterTest(
      await startEmbeddedLambda({ checkpoint: unused, readState: unused, describe: describeExecution }),
    );
    const client = new LambdaClient({
      endpoint: lambda.url,
      region: 'eu-west-1',
      credentials: EMBEDDED_CREDENTIALS,
      maxAttempts: 1,
    });
    return await readExecutionState(client, TONIGHT);
  }

  test.each([
    ['RUNNING', 'running'],
    ['SUCCEEDED', 'ended'],
    ['FAILED', 'ended'],
    ['TIMED_OUT', 'ended'],
    ['STOPPED', 'ended'],
    ['PAUSING', 'running'],
    ['PAUSED', 'running'],
    ['A_STATE_OF_NEXT_YEAR', 'running'],
    [undefined, 'running'],
  ])('the state of an execution that is %s is %s', async (Status, expected) => {
    expect(await ask((arn) => (arn === TONIGHT ? { Status } : undefined))).toBe(expected);
  });

  test('the state of an execution that Lambda does not know is ended', async () => {
    expect(await ask(() => undefined)).toBe('ended');
  });

  test.each(['AccessDeniedException', 'TooManyRequestsException', 'ServiceException'])(
    'is unknown if Lambda answers %s',
    async (type) => {
      const refused = ask(() => {
        throw new ServiceError(type, 'refused by the test');
      });

      expect(await refused).toBe('unknown');
    },
  );

  test('the state of an execution is unknown if Lambda cannot be reached', async () => {
    const client = new LambdaClient({
      endpoint: 'http://127.0.0.1:9',
      region: 'eu-west-1',
      credentials: EMBEDDED_CREDENTIALS,
      maxAttempts: 1,
    });

    expect(await readExecutionState(client, TONIGHT)).toBe('unknown');
  });
});
