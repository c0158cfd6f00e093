import { AssetHashType, DockerImage, type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  type DurableConfig,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Config } from '../lambda/deployment/config.ts';
import { bundle, writeBundle } from './bundle.ts';

export interface SyncFunctionProps {
  readonly description: string;
  /** Entry point, relative to the project's folder: `lambda/pull.ts`. */
  readonly entry: string;
  /** Written beside the code as `config.json`. */
  readonly config: Config;
  /** The longest time that one invocation takes. */
  readonly timeout: Duration;
  readonly memorySizeMb: number;
  /** @default - The function is not durable. */
  readonly durableConfig?: DurableConfig;
  /** Receives the events of asynchronous invocations that Lambda gives up. @default - They are dropped. */
  readonly deadLetterQueue?: IQueue;
  /** Encrypts the logs. @default - A key that belongs to CloudWatch. */
  readonly encryptionKey: IKey | undefined;
}

/** A Lambda function that runs an entry point of `lambda/`, with the settings that all functions of the stack share. */
export class SyncFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: SyncFunctionProps) {
    const { entry, config, memorySizeMb, encryptionKey, ...others } = props;
    // Not the default role, because AWS's managed policy allows a function to write to every log group.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: config.logRetentionDays,
      encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      ...others,
      role,
      logGroup,
      code: bundledCode(entry, config),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memorySizeMb,
      environment: { NODE_OPTIONS: '--enable-source-maps' },
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      // A durable execution stays on the version on which it started.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    if (encryptionKey) role.addToPrincipalPolicy(keyRights(encryptionKey));
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray knows no resources: segments can be put to all or to none.',
    });
  }
}

/**
 * Allows the uses of the key that tables, queues and secrets make in the name of their caller.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
function keyRights(key: IKey): PolicyStatement {
  return new PolicyStatement({
    actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
    resources: [key.keyArn],
  });
}

function bundledCode(entry: string, config: Config): Code {
  return Code.fromAsset('.', {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('not used: esbuild runs here'),
      // This command is not run either. It is there because the CDK bundles once for each different command.
      command: [entry, JSON.stringify(config)],
      local: {
        tryBundle(folder) {
          writeBundle(bundle(entry, config), folder);
          return true;
        },
      },
    },
  });
}
