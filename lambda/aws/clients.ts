import type { ProxyEnv } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

export type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
export type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
export type { LambdaClient } from '@aws-sdk/client-lambda';
export type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
export type { SQSClient } from '@aws-sdk/client-sqs';

/**
 * The SDK has no default timeout, and with `requestTimeout` alone it only warns.
 *
 * @see https://github.com/aws/aws-sdk-js-v3/blob/main/supplemental-docs/CLIENTS.md#request-handler-requesthandler
 */
const TIME_LIMITS = {
  connectionTimeout: 3_000,
  requestTimeout: 8_000,
  throwOnRequestTimeout: true,
  // The timeout above ends with the answer's headers, and a body may stall too.
  socketTimeout: 8_000,
};

/**
 * Creates a client. Region, credentials and endpoint come from the environment variables and files that the SDK reads.
 *
 * @param proxy - The proxy for https, in the form of Node's agents. @default - No proxy.
 */
export function createDynamoDb(proxy?: ProxyEnv): DynamoDBClient {
  return new DynamoDBClient(clientSettings(proxy));
}

/** As {@link createDynamoDb}. */
export function createSecretsManager(proxy?: ProxyEnv): SecretsManagerClient {
  return new SecretsManagerClient(clientSettings(proxy));
}

/** Creates a Lambda client, as {@link createDynamoDb} does for DynamoDB. */
export function createLambda(proxy?: ProxyEnv): LambdaClient {
  return new LambdaClient(clientSettings(proxy));
}

/** As {@link createDynamoDb}. */
export function createEventBridge(proxy?: ProxyEnv): EventBridgeClient {
  return new EventBridgeClient(clientSettings(proxy));
}

/** As {@link createDynamoDb}. */
export function createSqs(proxy?: ProxyEnv): SQSClient {
  // Otherwise the SDK calls the host in a queue's URL, even if an endpoint is set.
  return new SQSClient({ ...clientSettings(proxy), useQueueUrlAsEndpoint: false });
}

/** The settings of every AWS client. */
export function clientSettings(proxy: ProxyEnv | undefined) {
  const httpsAgent = proxy && { httpsAgent: { proxyEnv: proxy } };
  return { requestHandler: { ...TIME_LIMITS, ...httpsAgent }, maxAttempts: 4 };
}
