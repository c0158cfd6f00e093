import type { Stream } from '../core/pull/stream.ts';
import type { Operation } from '../core/push/operation.ts';
import type { AuthorizationCodeGrant } from '../core/token/authorization.ts';

/** A checked configuration: plain JSON, with every default filled in. */
export interface Config {
  /** Part of all names in AWS: lower case letters, digits and hyphens. */
  readonly environment: string;
  /** Origin of the Procurios environment, e.g. `https://acme.procurios.site`. Tokens are sent to no other. */
  readonly host: string;
  /** Address where tokens are requested. The client's secret is sent to no other. */
  readonly tokenUrl: string;
  /** The `Accept-Language` header of every request. */
  readonly acceptLanguage: string;
  readonly auth: ClientCredentialsGrant | AuthorizationCodeGrant;
  /** Shares of the rate agreed with Procurios. The push's share is for all its concurrent functions together. */
  readonly requestsPerSecond: { readonly pull: number; readonly push: number };
  readonly schedule: Schedule;
  /** The deployment's region; undefined if the environment of the command names it. */
  readonly region?: string;
  /** E-mail address that receives the alarms; undefined if none does. */
  readonly alarmEmail?: string;
  /** Address of the runbook, to which alarms link; undefined if they name its path in the project. */
  readonly runbookUrl?: string;
  /** The customer's KMS key, which encrypts what is stored; undefined if AWS's own keys do. */
  readonly kmsKeyArn?: string;
  /** How long CloudWatch keeps the functions' logs. */
  readonly logRetentionDays: number;
  /** How long the ledger keeps changes that were accepted or settled, and messages that were not changes. */
  readonly ledgerRetentionDays: number;
  /** Name of the secret with the client's id and secret. */
  readonly secretName: string;
  /** The KMS key of a secret that is not the stack's; undefined if AWS's own key encrypts it, or `kmsKeyArn` does. */
  readonly secretKmsKeyArn?: string;
  /** Memory of the functions. */
  readonly memoryMb: { readonly pull: number; readonly push: number };
  /** Whether CloudFormation refuses to delete the stack. */
  readonly terminationProtection: boolean;
  /** Tags of everything in the stack that can have tags. */
  readonly tags: Readonly<Record<string, string>>;
  readonly streams: readonly Stream[];
  /** The writes that a change may ask for, by name. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** When pulls start. */
export interface Schedule {
  /** Cron expression of EventBridge Scheduler: `0 4 * * ? *`. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Hours without a complete run after which an alarm is raised. */
  readonly expectWithinHours: number;
}

/** The OAuth2 grant by which this system itself requests tokens, without a user. */
export interface ClientCredentialsGrant {
  readonly grant: 'clientCredentials';
  /** At least one. A token request joins them with spaces. */
  readonly scopes: readonly string[];
}
