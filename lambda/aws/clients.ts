import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * The SDK has no time limit of its own, and with `requestTimeout` alone it only warns.
 *
 * @see https://github.com/aws/aws-sdk-js-v3/blob/main/supplemental-docs/CLIENTS.md#request-handler-requesthandler
 */
const REQUEST_HANDLER = { connectionTimeout: 3_000, requestTimeout: 8_000, throwOnRequestTimeout: true };

/** Region, credentials and endpoint come from the SDK's own environment. */
export function createDynamoDb(): DynamoDBClient {
  return new DynamoDBClient({ requestHandler: REQUEST_HANDLER, maxAttempts: 4 });
}

/** Region, credentials and endpoint come from the SDK's own environment. */
export function createSecretsManager(): SecretsManagerClient {
  return new SecretsManagerClient({ requestHandler: REQUEST_HANDLER, maxAttempts: 4 });
}
