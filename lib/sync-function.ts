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
  /** Entry point, from the project's folder: `lambda/pull.ts`. */
  readonly entry: string;
  /** Written beside the code as `config.json`. */
  readonly config: Config;
  /** Of one invocation. */
  readonly timeout: Duration;
  readonly memorySizeMb: number;
  /** @default - An ordinary function: an execution is one invocation. */
  readonly durableConfig?: DurableConfig;
  /** Takes the events of asynchronous invocations that are given up. @default - They are dropped. */
  readonly deadLetterQueue?: IQueue;
  /** Tries after the first, of an asynchronous invocation. @default 2 */
  readonly retryAttempts?: number;
  /** @default - Logs are encrypted with a key of CloudWatch's own. */
  readonly encryptionKey: IKey | undefined;
}

/** A Lambda function made of an entry point of `lambda/`, with what all of ours have in common. */
export class SyncFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: SyncFunctionProps) {
    const { entry, config, memorySizeMb, encryptionKey, ...others } = props;
    // A role and log group of our own: AWS's managed policy allows a function to write to every log group.
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
      // A durable execution goes on with the version that it began with.
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
 * What tables, queues and secrets ask of the key in the name of whoever uses them.
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
      // Not run either: the CDK bundles once what it is asked for in the same words.
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
