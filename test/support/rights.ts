import type { Template } from 'aws-cdk-lib/assertions';
import { type Resource, resourcesOf } from './synthesize.ts';

/** A statement of a policy, as CloudFormation has it. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

export function statementsOf({ Properties }: Resource): readonly Statement[] {
  return (Properties.PolicyDocument as { Statement: Statement[] }).Statement;
}

/** Everything that a role may do, the role found by how its logical id begins. */
export function rightsOf(template: Template, role: string): readonly Statement[] {
  const [id] = resourcesOf(template, 'AWS::IAM::Role').find(([each]) => each.startsWith(role)) ?? [];
  return resourcesOf(template, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => (Properties.Roles as { Ref: string }[]).some(({ Ref }) => Ref === id))
    .flatMap(([, policy]) => statementsOf(policy));
}
