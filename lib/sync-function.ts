import { AssetHashType, DockerImage, type Duration, RemovalPolicy } from 'aws-cdk-lib';
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
import type { Construct } from 'constructs';
import type { Config } from '../lambda/config/config.ts';
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
  /** @default - Logs are encrypted with a key of CloudWatch's own. */
  readonly encryptionKey: IKey | undefined;
}

/** A Lambda function made of an entry point of `lambda/`, with what all of ours have in common. */
export class SyncFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, { entry, config, memorySizeMb, ...props }: SyncFunctionProps) {
    super(scope, id, {
      ...props,
      code: bundledCode(entry, config),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memorySizeMb,
      environment: { NODE_OPTIONS: '--enable-source-maps' },
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      // A durable function's execution goes on with the version it began with.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
  }
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
