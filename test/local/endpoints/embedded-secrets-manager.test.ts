import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { startEmbeddedSecretsManager } from '../../../local/endpoints/embedded-secrets-manager.ts';
import type { EmbeddedSecrets } from '../../../local/endpoints/secret-store.ts';
import { closeAfterTest, SIGNED, secretsManagerOf } from '../../support/embedded-aws.ts';

const NAME = 'procurios-sync/acme/client';

let url: string;
let secrets: EmbeddedSecrets;
let client: SecretsManagerClient;
beforeEach(async () => {
  const endpoint = closeAfterTest(await startEmbeddedSecretsManager());
  ({ url, secrets } = endpoint);
  client = secretsManagerOf({
    environment: { AWS_ENDPOINT_URL_SECRETS_MANAGER: url, AWS_REGION: 'eu-west-1' },
  });
});

const read = (id: string) => client.send(new GetSecretValueCommand({ SecretId: id }));

describe('embedded Secrets Manager', () => {
  test('a secret that was put in directly is read by name, by ARN and by partial ARN', async () => {
    secrets.put(NAME, 'first');

    const byName = await read(NAME);
    const byArn = await read(byName.ARN ?? '');
    const byPartialArn = await read((byName.ARN ?? '').replace(/-\w+$/, ''));

    expect(byName).toMatchObject({ Name: NAME, SecretString: 'first', VersionStages: ['AWSCURRENT'] });
    expect(byName.CreatedDate).toBeInstanceOf(Date);
    expect([byArn.SecretString, byPartialArn.SecretString]).toEqual(['first', 'first']);
  });

  test('a new value keeps the ARN of the secret and gets a new version', async () => {
    const created = await client.send(new CreateSecretCommand({ Name: NAME, SecretString: 'first' }));

    await client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString: 'second' }));

    const current = await read(NAME);
    expect(current).toMatchObject({ ARN: created.ARN, SecretString: 'second' });
    expect(current.VersionId).not.toBe(created.VersionId);
  });

  test('the description of a secret does not contain its value', async () => {
    secrets.put(NAME, 'first');

    const described = await client.send(new DescribeSecretCommand({ SecretId: NAME }));

    expect(described).toMatchObject({ Name: NAME });
    expect(Object.values(described.VersionIdsToStages ?? {})).toEqual([['AWSCURRENT']]);
    expect(JSON.stringify(described)).not.toContain('first');
  });

  test('a secret that was created without a value exists but has no value', async () => {
    await client.send(new CreateSecretCommand({ Name: NAME }));

    await expect(read(NAME)).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(client.send(new DescribeSecretCommand({ SecretId: NAME }))).resolves.toMatchObject({
      Name: NAME,
    });
  });

  test('a secret that was never put in or was deleted is not found', async () => {
    secrets.put('gone', 'value');
    await client.send(new DeleteSecretCommand({ SecretId: 'gone', ForceDeleteWithoutRecovery: true }));
    secrets.put('gone-too', 'value');
    secrets.delete('gone-too');

    await expect(read('never')).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(read('gone')).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(read('gone-too')).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  test('creating a secret twice and storing a binary value are refused', async () => {
    secrets.put(NAME, 'first');

    await expect(
      client.send(new CreateSecretCommand({ Name: NAME, SecretString: 'second' })),
    ).rejects.toBeInstanceOf(ResourceExistsException);
    await expect(
      client.send(new PutSecretValueCommand({ SecretId: NAME, SecretBinary: new Uint8Array([1]) })),
    ).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(read(NAME)).resolves.toMatchObject({ SecretString: 'first' });
  });

  test('the refusal of an unknown action names the known actions', async () => {
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('GetSecretValue'),
    });
  });

  test('a request with a body that is not JSON is refused', async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: SIGNED, 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: '{',
    });

    expect(response.status).toBe(400);
    await expect(response.json()).resolves.toMatchObject({ __type: 'SerializationException' });
  });
});
