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

/** The template that a config becomes. */
export function synthesize(overrides: object = {}): Template {
  return Template.fromStack(createStack(createApp(), overrides));
}

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
