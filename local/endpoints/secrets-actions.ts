import { type Parameters, ServiceError } from './json-service.ts';
import type { SecretStore, StoredSecret } from './secret-store.ts';

const ACTIONS: ReadonlyMap<string, (secrets: SecretStore, parameters: Parameters) => object> = new Map([
  ['CreateSecret', createSecret],
  ['PutSecretValue', putSecretValue],
  ['GetSecretValue', getSecretValue],
  ['DescribeSecret', describeSecret],
  ['DeleteSecret', deleteSecret],
]);

/**
 * Performs an action of Secrets Manager's API. Supports text secrets and their current version only.
 *
 * @returns The body of the answer.
 * @throws {ServiceError} If the action is refused. The message never contains a secret's value.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
 */
export function answerSecretsAction(secrets: SecretStore, action: string, parameters: Parameters): object {
  const handle = ACTIONS.get(action);
  if (handle === undefined) {
    throw new ServiceError(
      'UnknownOperationException',
      `the embedded Secrets Manager knows ${[...ACTIONS.keys()].join(', ')} only`,
    );
  }
  return handle(secrets, parameters);
}

function createSecret(secrets: SecretStore, parameters: Parameters): object {
  const name = text(parameters, 'Name');
  if (secrets.find(name) !== undefined) {
    throw new ServiceError(
      'ResourceExistsException',
      `The operation failed because the secret ${name} already exists.`,
    );
  }
  const value = parameters.SecretString === undefined ? undefined : text(parameters, 'SecretString');
  return described(secrets.save(name, value));
}

function putSecretValue(secrets: SecretStore, parameters: Parameters): object {
  const { name } = existing(secrets, parameters);
  return {
    ...described(secrets.save(name, text(parameters, 'SecretString'))),
    VersionStages: ['AWSCURRENT'],
  };
}

function getSecretValue(secrets: SecretStore, parameters: Parameters): object {
  const secret = existing(secrets, parameters);
  const { VersionStage: stage = 'AWSCURRENT', VersionId: versionId = secret.current?.versionId } = parameters;
  if (secret.current === undefined || stage !== 'AWSCURRENT' || versionId !== secret.current.versionId) {
    throw new ServiceError(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value for that staging label or version",
    );
  }
  return {
    ...described(secret),
    SecretString: secret.current.value,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: secret.createdAt,
  };
}

function describeSecret(secrets: SecretStore, parameters: Parameters): object {
  const { arn, name, createdAt, current } = existing(secrets, parameters);
  const versions = current === undefined ? {} : { [current.versionId]: ['AWSCURRENT'] };
  return { ARN: arn, Name: name, CreatedDate: createdAt, VersionIdsToStages: versions };
}

/** Deletes at once, as with `ForceDeleteWithoutRecovery`, because there is no recovery window here. */
function deleteSecret(secrets: SecretStore, parameters: Parameters): object {
  const { arn, name } = existing(secrets, parameters);
  secrets.delete(name);
  return { ARN: arn, Name: name, DeletionDate: Date.now() / 1000 };
}

function existing(secrets: SecretStore, parameters: Parameters): StoredSecret {
  const secret = secrets.find(text(parameters, 'SecretId'));
  if (secret === undefined) {
    throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  return secret;
}

function described({ arn, name, current }: StoredSecret): object {
  return { ARN: arn, Name: name, VersionId: current?.versionId };
}

function text(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (typeof value !== 'string' || value === '') {
    throw new ServiceError('InvalidParameterException', `${name} must be a non-empty string.`);
  }
  return value;
}
