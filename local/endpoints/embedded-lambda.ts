import type { IncomingMessage } from 'node:http';
import {
  type Endpoint,
  type Parameters,
  readParameters,
  ServiceError,
  startEndpoint,
} from './json-service.ts';

/** Durable executions as the endpoint serves them. Results have the shapes of Lambda's API, with `Date`s for its dates. */
export interface DurableExecutions {
  /** @returns `{ CheckpointToken, NewExecutionState }`. */
  checkpoint(arn: string, parameters: Parameters): Promise<object>;
  /** @returns `{ Operations, NextMarker }`. */
  readState(arn: string, checkpointToken: string): Promise<object>;
  /** @returns `{ Status, … }`; undefined if the execution does not exist. */
  describe(arn: string): object | undefined;
}

const PATH = /^\/2025-12-01\/durable-executions\/([^/]+?)(\/checkpoint|\/state)?$/;

/**
 * Starts a Lambda endpoint on a free port of 127.0.0.1. It serves the calls that a durable function makes while it runs.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CheckpointDurableExecution.html
 */
export async function startEmbeddedLambda(executions: DurableExecutions): Promise<Endpoint> {
  return await startEndpoint(async (request) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const [, encoded, action = ''] = PATH.exec(url.pathname) ?? [];
    if (encoded === undefined) {
      throw new ServiceError(
        'UnknownOperationException',
        'the embedded Lambda knows durable executions only',
      );
    }
    return withEpochSeconds(
      await answer(executions, request, { arn: decodeURIComponent(encoded), action, url }),
    );
  });
}

async function answer(
  executions: DurableExecutions,
  request: IncomingMessage,
  { arn, action, url }: { readonly arn: string; readonly action: string; readonly url: URL },
): Promise<object> {
  switch (`${request.method} ${action}`) {
    case 'POST /checkpoint':
      return await executions.checkpoint(arn, await readParameters(request));
    case 'GET /state':
      return await executions.readState(arn, url.searchParams.get('CheckpointToken') ?? '');
    default: {
      const execution = executions.describe(arn);
      if (execution !== undefined) return execution;
      throw new ServiceError('ResourceNotFoundException', `There is no durable execution ${arn}.`);
    }
  }
}

/** Replaces dates by seconds since the epoch, as AWS's REST protocol has them. */
function withEpochSeconds(value: object): object {
  const convert = (each: unknown): unknown => {
    if (each instanceof Date) return each.getTime() / 1000;
    if (Array.isArray(each)) return each.map(convert);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([name, member]) => [name, convert(member)]));
  };
  return convert(value) as object;
}
