import type { Handler } from '../http-server.ts';
import { answerAsXml, type Refusals, Refused, refuseIfTold, xmlText } from './refusals.ts';

/** A stack, as CloudFormation keeps it. */
export interface StackState {
  status: string;
  readonly outputs: Record<string, string>;
}

const CREATED_AT = '2026-11-01T10:00:00.000Z';

/**
 * Stands in for CloudFormation: the query protocol, answered in XML.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export function cloudFormation(stacks: ReadonlyMap<string, StackState>, refusals: Refusals): Handler {
  return ({ body }, response) => {
    const parameters = new URLSearchParams(body);
    const action = parameters.get('Action') ?? '';
    answerAsXml(response, action, 'http://cloudformation.amazonaws.com/doc/2010-05-15/', () => {
      refuseIfTold(refusals, `cloudformation:${action}`);
      const name = parameters.get('StackName') ?? '';
      return answer(action, name, stacks.get(name));
    });
  };
}

function answer(action: string, name: string, stack: StackState | undefined): string {
  if (action === 'DescribeStacks') {
    if (stack === undefined) throw new Refused('ValidationError', `Stack with id ${name} does not exist`);
    const outputs = Object.entries(stack.outputs).map(
      ([key, value]) =>
        `<member><OutputKey>${xmlText(key)}</OutputKey><OutputValue>${xmlText(value)}</OutputValue></member>`,
    );
    return `<Stacks><member><StackName>${xmlText(name)}</StackName><CreationTime>${CREATED_AT}</CreationTime><StackStatus>${stack.status}</StackStatus><Outputs>${outputs.join('')}</Outputs></member></Stacks>`;
  }
  throw new Refused('InvalidAction', `the stand-in for CloudFormation does not know ${action}`);
}
