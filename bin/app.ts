/**
 * The CDK app: a config in, a stack out. Account and region come from the environment, as the CDK's command line sets it.
 *
 * Usage: npx cdk synth|diff|deploy [-c config=FILE]
 */
import { App } from 'aws-cdk-lib';
import { loadConfig } from '../lambda/config/load-config.ts';
import { stackName } from '../lambda/config/names.ts';
import { FEATURE_FLAGS } from '../lib/feature-flags.ts';
import { SyncStack } from '../lib/sync-stack.ts';

const app = new App({ context: FEATURE_FLAGS });
const file: string = app.node.tryGetContext('config') ?? 'procurios.config.ts';
const config = await loadConfig(file, {});
new SyncStack(app, stackName(config.environment), {
  config,
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
app.synth();
