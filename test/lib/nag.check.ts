import { expect, test } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { createApp, createStack } from '../support/synthesize.ts';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000';

/** Synthesizes the app. @returns What stopped the synthesis; undefined if nothing did. */
function problemOf(overrides: object, spoil?: (stack: ReturnType<typeof createStack>) => void) {
  const app = createApp();
  const stack = createStack(app, overrides);
  spoil?.(stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test.each([
  ['a plain config', {}],
  ['a key of one’s own, and alarms by e-mail', { kmsKeyArn: KEY, alarmEmail: 'ops@example.com' }],
  ['a secret of another owner', { secretName: 'shared/procurios' }],
  ['a user’s consent', { auth: { grant: 'authorizationCode', scopes: ['relation_list_api/relation'] } }],
])('breaks none of the rules of AWS Solutions with %s', (_what, overrides) => {
  expect(problemOf(overrides)).toBeUndefined();
});

test('would have a broken rule stop the synthesis', () => {
  expect(problemOf({}, (stack) => new Topic(stack, 'Open'))).toContain('AwsSolutions-SNS3');
});
