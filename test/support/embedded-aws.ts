import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach } from '@jest/globals';
import type { EmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { EMBEDDED_CREDENTIALS } from '../../local/endpoints/guard.ts';

/** An `authorization` header that the embedded endpoints accept. They do not check the signature. */
export const SIGNED = `AWS4-HMAC-SHA256 Credential=${EMBEDDED_CREDENTIALS.accessKeyId}/, SignedHeaders=host, Signature=x`;

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((endpoint) => endpoint.close()));
});

/** Has an endpoint closed when the test that opened it ends, however it ends. */
export function closeAfterTest<Endpoint extends { close(): Promise<unknown> }>(endpoint: Endpoint): Endpoint {
  opened.push(endpoint);
  return endpoint;
}

/** A client of the embedded DynamoDB, or of what stands in front of it at `endpoint`. */
export function dynamoDbOf(aws: EmbeddedAws, endpoint = aws.environment.AWS_ENDPOINT_URL_DYNAMODB) {
  return new DynamoDBClient({
    endpoint,
    region: aws.environment.AWS_REGION,
    credentials: EMBEDDED_CREDENTIALS,
  });
}

/** A client of the embedded Secrets Manager. */
export function secretsManagerOf({ environment }: Pick<EmbeddedAws, 'environment'>) {
  return new SecretsManagerClient({
    endpoint: environment.AWS_ENDPOINT_URL_SECRETS_MANAGER,
    region: environment.AWS_REGION,
    credentials: EMBEDDED_CREDENTIALS,
  });
}

/** A client of an SQS endpoint. */
export function sqsOf(endpoint: string | undefined, maxAttempts = 1) {
  return new SQSClient({
    endpoint,
    region: 'eu-west-1',
    credentials: EMBEDDED_CREDENTIALS,
    useQueueUrlAsEndpoint: false,
    maxAttempts,
  });
}

/** Calls the embedded DynamoDB without the SDK, with the very text given, and returns the very text answered. */
export async function rawDynamoDb(
  { environment }: EmbeddedAws,
  action: string,
  body: string,
): Promise<string> {
  const response = await fetch(environment.AWS_ENDPOINT_URL_DYNAMODB ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${action}`,
      'x-amz-date': '20260101T000000Z',
      authorization: SIGNED,
    },
    body,
  });
  return response.text();
}
