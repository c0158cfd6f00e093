import { App, type Environment } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { checkConfig } from '../../config/check-config.ts';
import { stackName } from '../../lambda/deployment/names.ts';
import { FEATURE_FLAGS } from '../../lib/feature-flags.ts';
import { SyncStack } from '../../lib/sync-stack.ts';
import { PLAIN_CONFIG } from './plain-config.ts';

// CloudFormation's rules take three seconds each time; `npm run synth` has them checked.
process.env.CDK_VALIDATION = 'false';

/** A CDK app as bin/app.ts has it, but for the functions' code, which is not bundled. */
export function createApp(): App {
  return new App({ context: { ...FEATURE_FLAGS, 'aws:cdk:bundling-stacks': [] } });
}

export function createStack(app: App, overrides: object = {}, env?: Environment): SyncStack {
  const config = checkConfig({ ...PLAIN_CONFIG, ...overrides });
  return new SyncStack(app, stackName(config.environment), { config, ...(env && { env }) });
}

const templates = new Map<string, Template>();

/** The template of the plain config with these options. Tests of a file that ask for the same options share it. */
export function synthesize(overrides: object = {}): Template {
  const shape = JSON.stringify(overrides);
  const template = templates.get(shape) ?? Template.fromStack(createStack(createApp(), overrides));
  templates.set(shape, template);
  return template;
}

/** Options of a config whose tokens are a user's. */
export const USER_LOGIN = {
  auth: { grant: 'authorizationCode', scopes: ['relation_list_api/relation'] },
};

export const KMS_KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000';

/** Options that a plain config leaves to their defaults. */
export const OTHER_OPTIONS = {
  schedule: { cron: '30 5 ? * MON-FRI *', timeZone: 'Europe/Brussels', expectWithinHours: 168 },
  alarmEmail: 'ops@example.com',
  kmsKeyArn: KMS_KEY,
  logRetentionDays: 30,
};

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** The template's resources of a type, by their logical ids. */
export function resourcesOf(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.findResources(type) as Record<string, Resource>);
}
