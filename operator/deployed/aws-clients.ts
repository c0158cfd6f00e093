import type { ProxyEnv } from 'node:http';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { clientSettings, createLambda } from '../../lambda/aws/clients.ts';

/** AWS clients that read a deployment: its stack, alarms with their topic, functions and schedule. */
export interface DeployedClients extends Disposable {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly lambda: LambdaClient;
  readonly scheduler: SchedulerClient;
  readonly sns: SNSClient;
}

/** Creates the clients. Region, credentials and endpoints come from the SDK's environment variables. */
export function createDeployedClients(proxy?: ProxyEnv): DeployedClients {
  const settings = clientSettings(proxy);
  const clients = {
    cloudFormation: new CloudFormationClient(settings),
    cloudWatch: new CloudWatchClient(settings),
    lambda: createLambda(proxy),
    scheduler: new SchedulerClient(settings),
    sns: new SNSClient(settings),
  };
  return {
    ...clients,
    [Symbol.dispose]() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
