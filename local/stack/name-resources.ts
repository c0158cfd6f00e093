import { type Resource, resourcesOf, type Template, TemplateError } from './template.ts';
import { ACCOUNT, type PhysicalResource, REGION, type TemplateResolver } from './template-resolver.ts';

/** Types of resources that work on this machine. */
const WORKING: ReadonlySet<string> = new Set([
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::SQS::Queue',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
]);

/** Types of resources without an effect on this machine: permissions, logs, alarms, and destinations of failed invocations. */
const WITHOUT_EFFECT =
  /^AWS::(CDK|CloudWatch|IAM|KMS|Logs|SNS)::|^AWS::(Lambda::(EventInvokeConfig|Permission)|SQS::QueuePolicy|SecretsManager::ResourcePolicy|Scheduler::ScheduleGroup)$/;

/**
 * Defines the names and ARNs of resources that do not have to be created first.
 *
 * @throws {TemplateError} If the template has a resource of an unsupported type, or one with a condition.
 */
export function nameResources(template: Template, resolver: TemplateResolver): void {
  for (const [id, { Type, Condition }] of Object.entries(template.Resources)) {
    const isWithoutEffect = WITHOUT_EFFECT.test(Type);
    if (!WORKING.has(Type) && !isWithoutEffect) {
      throw new TemplateError([id, 'Type'], `${Type} is not supported on this machine`);
    }
    if (Condition !== undefined && !isWithoutEffect) {
      throw new TemplateError([id, 'Condition'], 'conditions are not supported on this machine');
    }
  }
  for (const [type, physicalOf] of NAMED) {
    for (const [id, { Properties = {} }] of resourcesOf(template, type)) {
      const text = (name: string): string =>
        String(resolver.resolve(Properties[name], [id, 'Properties', name]));
      const nameFrom = (name: string): string =>
        Properties[name] === undefined ? `${resolver.stackName}-${id}` : text(name);
      resolver.define(id, () => physicalOf({ text, nameFrom }));
    }
  }
}

interface Named {
  /** Returns a resolved property. */
  text(property: string): string;
  /** Returns the property with the resource's name, or a generated name if the property is missing. */
  nameFrom(property: string): string;
}

const NAMED: readonly (readonly [Resource['Type'], (resource: Named) => PhysicalResource])[] = [
  ['AWS::IAM::Role', ({ nameFrom }) => withArn('iam', 'role/', nameFrom('RoleName'), '')],
  ['AWS::KMS::Key', ({ nameFrom }) => withArn('kms', 'key/', nameFrom(''))],
  ['AWS::Logs::LogGroup', ({ nameFrom }) => withArn('logs', 'log-group:', nameFrom('LogGroupName'))],
  ['AWS::CloudWatch::Alarm', ({ nameFrom }) => withArn('cloudwatch', 'alarm:', nameFrom('AlarmName'))],
  ['AWS::Events::Rule', ({ nameFrom }) => withArn('events', 'rule/', nameFrom('Name'))],
  ['AWS::Scheduler::Schedule', ({ nameFrom }) => withArn('scheduler', 'schedule/default/', nameFrom('Name'))],
  [
    'AWS::SNS::Topic',
    ({ nameFrom }) => {
      const ref = `arn:aws:sns:${REGION}:${ACCOUNT}:${nameFrom('TopicName')}`;
      return { ref, attributes: { TopicArn: ref, TopicName: nameFrom('TopicName') } };
    },
  ],
  ['AWS::Lambda::Function', ({ nameFrom }) => withArn('lambda', 'function:', nameFrom('FunctionName'))],
  [
    'AWS::Lambda::Version',
    ({ text }) => ({ ref: `${functionArn(text('FunctionName'))}:1`, attributes: { Version: '1' } }),
  ],
  [
    'AWS::Lambda::Alias',
    ({ text }) => ({ ref: `${functionArn(text('FunctionName'))}:${text('Name')}`, attributes: {} }),
  ],
];

function withArn(service: string, kind: string, ref: string, region = REGION): PhysicalResource {
  return { ref, attributes: { Arn: `arn:aws:${service}:${region}:${ACCOUNT}:${kind}${ref}` } };
}

/** @param nameOrArn - The value of a property `FunctionName`. */
export function functionArn(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:')
    ? nameOrArn
    : `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${nameOrArn}`;
}
