import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ResourceExistsException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { allSettled } from '../all-settled.ts';
import { type Resource, readProperties, resourcesOf, type Template, unsupported } from './template.ts';
import type { TemplateResolver } from './template-resolver.ts';

const SECRET = z.object({
  Name: z.string(),
  SecretString: z.string().optional(),
  GenerateSecretString: unsupported(),
});

/** Creates the template's secrets if they are missing. An existing secret keeps its value. */
export async function createTemplateSecrets(
  client: SecretsManagerClient,
  template: Template,
  resolver: TemplateResolver,
): Promise<void> {
  const secrets = resourcesOf(template, 'AWS::SecretsManager::Secret');
  await allSettled(secrets.map((secret) => createSecret(client, secret, resolver)));
}

async function createSecret(
  client: SecretsManagerClient,
  resource: readonly [string, Resource],
  resolver: TemplateResolver,
): Promise<void> {
  const { Name, SecretString } = readProperties(resource, SECRET, resolver);
  await client.send(new CreateSecretCommand({ Name, SecretString })).catch((error: unknown) => {
    if (!(error instanceof ResourceExistsException)) throw error;
  });
  const { ARN: arn = '' } = await client.send(new DescribeSecretCommand({ SecretId: Name }));
  resolver.define(resource[0], { ref: arn, attributes: { Id: arn } });
}
