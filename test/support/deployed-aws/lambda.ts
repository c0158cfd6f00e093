import { randomUUID } from 'node:crypto';
import type { Handler, ReceivedRequest } from '../http-server.ts';
import { answerAsJson, type Refusals, Refused, refuseIfTold } from './refusals.ts';

export interface ExecutionState {
  readonly arn: string;
  readonly name: string;
  status: 'RUNNING' | 'PAUSED' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  endedAt?: number;
  result?: string;
  error?: { readonly type: string; readonly message: string };
}

/** A durable function. */
export interface FunctionState {
  /** Without a version. */
  readonly arn: string;
  /** The names behind the colon by which it may be invoked. */
  readonly qualifiers: readonly string[];
  readonly executions: ExecutionState[];
  /** Told of every execution that an invocation started; what it changes is what the service shows. */
  onStart?: (execution: ExecutionState, payload: string) => unknown;
  /** Lambda need not say which execution it started. */
  tellsArn?: boolean;
  /** Lambda's word for whether it can be invoked. @default Active */
  state?: string;
  /** Looks at an execution before the service finds it: it is told of a little later than it is started. */
  hiddenLooks?: number;
}

/** So few that a list is cut into pages. */
const EXECUTIONS_PER_PAGE = 1;

/**
 * Stands in for Lambda, as far as durable executions go: JSON over REST.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListDurableExecutionsByFunction.html
 */
export function lambda(functions: readonly FunctionState[], refusals: Refusals): Handler {
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.path, 'http://lambda');
    const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(pathname)?.[1];
    if (request.method === 'POST' && invoked !== undefined) {
      try {
        refuseIfTold(refusals, 'lambda:Invoke');
        const execution = invoke(functions, decodeURIComponent(invoked), request);
        const told = execution.tells ? { 'x-amz-durable-execution-arn': execution.state.arn } : {};
        response.writeHead(202, told).end();
      } catch (error) {
        answerAsJson(response, 'rest', () => {
          throw error;
        });
      }
      return;
    }
    answerAsJson(response, 'rest', () => {
      const listed = /^\/2025-12-01\/functions\/([^/]+)\/durable-executions$/.exec(pathname)?.[1];
      const shown = /^\/2025-12-01\/durable-executions\/([^/]+)$/.exec(pathname)?.[1];
      if (request.method === 'GET' && listed !== undefined) {
        refuseIfTold(refusals, 'lambda:ListDurableExecutionsByFunction');
        return list(functions, decodeURIComponent(listed), searchParams);
      }
      if (request.method === 'GET' && shown !== undefined) {
        refuseIfTold(refusals, 'lambda:GetDurableExecution');
        return show(functions, decodeURIComponent(shown));
      }
      const configured = /^\/2015-03-31\/functions\/([^/]+)\/configuration$/.exec(pathname)?.[1];
      if (request.method === 'GET' && configured !== undefined) {
        refuseIfTold(refusals, 'lambda:GetFunctionConfiguration');
        return configuration(functions, decodeURIComponent(configured));
      }
      throw new Refused(
        'UnknownOperationException',
        `the stand-in for Lambda does not know ${pathname}`,
        404,
      );
    });
  };
}

function invoke(functions: readonly FunctionState[], arn: string, { headers, body }: ReceivedRequest) {
  const [, unqualified = arn, qualifier] = /^((?:[^:]+:){6}[^:]+)(?::(.+))?$/.exec(arn) ?? [];
  const found = functions.find((each) => each.arn === unqualified);
  if (found === undefined) throw new Refused('ResourceNotFoundException', `Function not found: ${arn}`, 404);
  if (qualifier === undefined || !found.qualifiers.includes(qualifier)) {
    throw new Refused(
      'InvalidParameterValueException',
      'You cannot invoke a durable function using an unqualified ARN.',
    );
  }
  if (headers['x-amz-invocation-type'] !== 'Event') {
    throw new Refused(
      'InvalidParameterValueException',
      'the stand-in takes invocations of the type Event only',
    );
  }
  const name = String(headers['x-amz-durable-execution-name'] ?? randomUUID());
  const known = found.executions.find((each) => each.name === name);
  const tells = found.tellsArn ?? true;
  if (known !== undefined) return { state: known, tells };
  const state: ExecutionState = {
    arn: `${unqualified}:1/durable-execution/${name}/${randomUUID()}`,
    name,
    status: 'RUNNING',
    startedAt: Date.now(),
  };
  found.executions.unshift(state);
  void found.onStart?.(state, body);
  return { state, tells };
}

function list(functions: readonly FunctionState[], arn: string, query: URLSearchParams): object {
  const found = functions.find((each) => each.arn === arn);
  if (found === undefined) throw new Refused('ResourceNotFoundException', `Function not found: ${arn}`, 404);
  const statuses = query.getAll('Statuses');
  const name = query.get('DurableExecutionName');
  const matching = found.executions.filter(
    (each) =>
      (statuses.length === 0 || statuses.includes(each.status)) && (name === null || each.name === name),
  );
  const start = Number(query.get('Marker') ?? 0);
  const end = start + EXECUTIONS_PER_PAGE;
  return {
    DurableExecutions: matching.slice(start, end).map((each) => described(each, found)),
    ...(end < matching.length && { NextMarker: String(end) }),
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
function configuration(functions: readonly FunctionState[], arn: string): object {
  const found = functions.find((each) => arn === each.arn || arn.startsWith(`${each.arn}:`));
  if (found === undefined) throw new Refused('ResourceNotFoundException', `Function not found: ${arn}`, 404);
  return {
    FunctionArn: arn,
    State: found.state ?? 'Active',
    LastUpdateStatus: 'Successful',
    Runtime: 'nodejs24.x',
  };
}

function show(functions: readonly FunctionState[], arn: string): object {
  for (const found of functions) {
    const execution = found.executions.find((each) => each.arn === arn);
    if (execution === undefined) continue;
    found.hiddenLooks = (found.hiddenLooks ?? 0) - 1;
    if (found.hiddenLooks >= 0) break;
    const { result, error } = execution;
    return {
      ...described(execution, found),
      ...(result !== undefined && { Result: result }),
      ...(error !== undefined && { Error: { ErrorType: error.type, ErrorMessage: error.message } }),
    };
  }
  throw new Refused('ResourceNotFoundException', 'Durable execution not found', 404);
}

function described(
  { arn, name, status, startedAt, endedAt }: ExecutionState,
  { arn: FunctionArn }: FunctionState,
) {
  return {
    DurableExecutionArn: arn,
    DurableExecutionName: name,
    FunctionArn,
    Status: status,
    StartTimestamp: startedAt / 1000,
    ...(endedAt !== undefined && { EndTimestamp: endedAt / 1000 }),
  };
}
