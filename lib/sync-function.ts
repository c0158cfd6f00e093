import { AssetHashType, Aws, DockerImage, type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  type CfnFunction,
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
      // A durable execution stays on the version on which it started. A version that a failed deployment made is deleted in its
      // rollback, because Lambda would refuse to publish the same code again for the next attempt.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
    });
    if (encryptionKey) role.addToPrincipalPolicy(keyRights(encryptionKey));
    this.trace(role);
  }

  /** Traces the invocations. Not by the option `tracing`, which would put the right into the policy with all other rights. */
  private trace(role: Role): void {
    (this.node.defaultChild as CfnFunction).tracingConfig = { mode: Tracing.ACTIVE };
    const policy = new Policy(this, 'TracePolicy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
          resources: ['*'],
        }),
      ],
    });
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray knows no resources: segments can be put to all or to none.',
    });
  }
}

/**
 * Allows the uses of the key that tables, queues and secrets make in the name of their caller, and no use by the function itself.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
function keyRights(key: IKey): PolicyStatement {
  return new PolicyStatement({
    actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
    resources: [key.keyArn],
    conditions: {
      StringEquals: {
        'kms:ViaService': ['dynamodb', 'secretsmanager', 'sqs'].map(
          (service) => `${service}.${Aws.REGION}.amazonaws.com`,
        ),
      },
    },
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
