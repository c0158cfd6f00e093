import { Aws, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Config } from '../lambda/deployment/config.ts';
import { clientSecretName, userSecretName } from '../lambda/deployment/names.ts';

export interface SecretsProps {
  readonly config: Config;
  /** @default - A key that belongs to Secrets Manager. */
  readonly encryptionKey: IKey | undefined;
}

/** The secret with the client's id and secret, and for the authorization code grant the secret with the user's token. */
export class Secrets extends Construct {
  private readonly client: ISecret;
  private readonly user: ISecret | undefined;
  /** The KMS key of a secret that is not the stack's; undefined if the rights of the function's role suffice. */
  private readonly clientKeyArn: string | undefined;

  constructor(scope: Construct, id: string, { config, encryptionKey }: SecretsProps) {
    super(scope, id);
    const { environment, secretName, secretKmsKeyArn, auth } = config;
    this.clientKeyArn = secretKmsKeyArn;
    this.client =
      secretName === clientSecretName(environment)
        ? this.createEmpty('Client', secretName, '{"clientId": "…", "clientSecret": "…"}', encryptionKey)
        : Secret.fromSecretNameV2(this, 'Client', secretName);
    if (auth.grant === 'authorizationCode') {
      const name = userSecretName(environment);
      this.user = this.createEmpty(
        'User',
        name,
        "A user's token, stored by procurios-sync login",
        encryptionKey,
      );
    }
  }

  /** Allows reading the secrets, and storing the renewed token of the user. */
  grantRead(grantee: IGrantable): void {
    const { client, user, clientKeyArn } = this;
    if (clientKeyArn !== undefined) allowDecryption(grantee, clientKeyArn);
    allow(grantee, client, ['secretsmanager:GetSecretValue']);
    if (user) allow(grantee, user, ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue']);
  }

  /** Creates a secret without a value. It is deleted with the stack, so that no forgotten credential stays behind. */
  private createEmpty(
    id: string,
    secretName: string,
    description: string,
    encryptionKey: IKey | undefined,
  ): Secret {
    const secret = new Secret(this, id, {
      secretName,
      description,
      ...(encryptionKey && { encryptionKey }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // By default the CDK has a random value generated, which the pull would take for credentials.
    (secret.node.defaultChild as CfnSecret).addPropertyDeletionOverride('GenerateSecretString');
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Procurios hands credentials out by hand; a new one is stored by procurios-sync configure and found at once.',
    });
    return secret;
  }
}

function allow(grantee: IGrantable, secret: ISecret, actions: string[]): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    // A secret found by name has no full ARN, because the six characters that AWS appends are unknown.
    new PolicyStatement({ actions, resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`] }),
  );
}

function allowDecryption(grantee: IGrantable, keyArn: string): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.amazonaws.com` } },
    }),
  );
}
