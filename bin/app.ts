/**
 * The CDK app, which makes a stack of a config. The CDK's command line sets account and region in the environment.
 *
 * Usage: npx cdk synth|diff|deploy [-c config=FILE]
 */
import { App } from 'aws-cdk-lib';
import { reportError } from '../cli/program/report-error.ts';
import { checkDeployable, deploymentRegion } from '../config/check-deployable.ts';
import { loadConfig } from '../config/load-config.ts';
import { resolveOwnName } from '../config/resolve-own-name.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { stackName } from '../lambda/deployment/names.ts';
import { FEATURE_FLAGS } from '../lib/feature-flags.ts';
import { SyncStack, warnOfSilence } from '../lib/sync-stack.ts';

const { CDK_DEFAULT_ACCOUNT: account } = process.env;
resolveOwnName();
const app = new App({ context: FEATURE_FLAGS });
const config = await readConfig(app.node.tryGetContext('config') ?? 'procurios.config.ts');
const region = deploymentRegion(config, process.env);
const stack = new SyncStack(app, stackName(config.environment), { config, env: { account, region } });
warnOfSilence(stack, config);
app.synth();

async function readConfig(file: string): Promise<Config> {
  try {
    const loaded = await loadConfig(file, {});
    return checkDeployable(loaded, deploymentRegion(loaded, process.env));
  } catch (error) {
    process.exit(reportError(error, {}));
  }
}
