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
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { closeAfterTest, secretsManagerOf } from '../../support/embedded-aws.ts';

const NAME = 'procurios-sync/acme/client';

let aws: EmbeddedAws;
let client: SecretsManagerClient;
beforeEach(async () => {
  aws = closeAfterTest(await startEmbeddedAws());
  client = secretsManagerOf(aws);
});

const read = (id: string) => client.send(new GetSecretValueCommand({ SecretId: id }));

describe('embedded Secrets Manager', () => {
  test('gives a value that was put in without the wire, by name and by ARN', async () => {
    aws.secrets.put(NAME, 'first');

    const byName = await read(NAME);
    const byArn = await read(byName.ARN ?? '');
    const byPartialArn = await read((byName.ARN ?? '').replace(/-\w+$/, ''));

    expect(byName).toMatchObject({ Name: NAME, SecretString: 'first', VersionStages: ['AWSCURRENT'] });
    expect(byName.CreatedDate).toBeInstanceOf(Date);
    expect([byArn.SecretString, byPartialArn.SecretString]).toEqual(['first', 'first']);
  });

  test('gives the newest value under the same ARN, as another version', async () => {
    const created = await client.send(new CreateSecretCommand({ Name: NAME, SecretString: 'first' }));

    await client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString: 'second' }));

    const current = await read(NAME);
    expect(current).toMatchObject({ ARN: created.ARN, SecretString: 'second' });
    expect(current.VersionId).not.toBe(created.VersionId);
  });

  test('describes a secret without its value', async () => {
    aws.secrets.put(NAME, 'first');

    const described = await client.send(new DescribeSecretCommand({ SecretId: NAME }));

    expect(described).toMatchObject({ Name: NAME });
    expect(Object.values(described.VersionIdsToStages ?? {})).toEqual([['AWSCURRENT']]);
    expect(JSON.stringify(described)).not.toContain('first');
  });

  test('has no value for a secret that was created without one', async () => {
    await client.send(new CreateSecretCommand({ Name: NAME }));

    await expect(read(NAME)).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(client.send(new DescribeSecretCommand({ SecretId: NAME }))).resolves.toMatchObject({
      Name: NAME,
    });
  });

  test('does not know a secret that was never put or was deleted', async () => {
    aws.secrets.put('gone', 'value');
    await client.send(new DeleteSecretCommand({ SecretId: 'gone', ForceDeleteWithoutRecovery: true }));
    aws.secrets.put('gone-too', 'value');
    aws.secrets.delete('gone-too');

    await expect(read('never')).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(read('gone')).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(read('gone-too')).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  test('refuses to create a secret twice and to store what is no text', async () => {
    aws.secrets.put(NAME, 'first');

    await expect(
      client.send(new CreateSecretCommand({ Name: NAME, SecretString: 'second' })),
    ).rejects.toBeInstanceOf(ResourceExistsException);
    await expect(
      client.send(new PutSecretValueCommand({ SecretId: NAME, SecretBinary: new Uint8Array([1]) })),
    ).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(read(NAME)).resolves.toMatchObject({ SecretString: 'first' });
  });

  test('names the actions it knows when asked for another', async () => {
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('GetSecretValue'),
    });
  });

  test.each([
    [
      'without credentials',
      { 'x-amz-target': 'secretsmanager.GetSecretValue' },
      '{}',
      'MissingAuthenticationTokenException',
    ],
    [
      'with a body that is no JSON',
      { authorization: 'x', 'x-amz-target': 'secretsmanager.GetSecretValue' },
      '{',
      'SerializationException',
    ],
  ])('refuses a request %s', async (_case, headers, body, type) => {
    const response = await fetch(aws.environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? '', {
      method: 'POST',
      headers,
      body,
    });

    expect(response.status).toBe(400);
    await expect(response.json()).resolves.toMatchObject({ __type: type });
  });
});
