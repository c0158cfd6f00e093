import type { Stream } from '../core/pull/stream.ts';
import type { Operation } from '../core/push/operation.ts';
import type { AuthorizationCodeGrant } from '../core/token/authorization.ts';

/** A checked configuration: plain JSON, with every default filled in. */
export interface Config {
  /** Names everything in AWS: lower case letters, digits and hyphens. */
  readonly environment: string;
  /** Origin of the Procurios environment, e.g. `https://acme.procurios.site`; the token goes there only. */
  readonly host: string;
  /** Where tokens are requested; the client's secret goes there only. */
  readonly tokenUrl: string;
  /** The `Accept-Language` header of every request. */
  readonly acceptLanguage: string;
  readonly auth: ClientCredentialsGrant | AuthorizationCodeGrant;
  /** Our shares of the rate agreed with Procurios; the push's is that of all its functions together. */
  readonly requestsPerSecond: { readonly pull: number; readonly push: number };
  readonly schedule: Schedule;
  /** Where alarms are sent by e-mail; absent: nowhere. */
  readonly alarmEmail?: string;
  /** The customer's own key, which encrypts what AWS's keys would otherwise; absent: AWS's keys do. */
  readonly kmsKeyArn?: string;
  /** How long CloudWatch keeps the functions' logs. */
  readonly logRetentionDays: number;
  /** How long the ledger keeps changes that are accepted or settled, and messages that were none. */
  readonly ledgerRetentionDays: number;
  /** Name of the secret with the client's id and secret. */
  readonly secretName: string;
  readonly streams: readonly Stream[];
  /** What a change can be, by name. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** When pulls start. */
export interface Schedule {
  /** In the dialect of EventBridge Scheduler: `0 4 * * ? *`. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  /** An alarm tells when there was no complete run for so long. */
  readonly expectWithinHours: number;
}

/** The OAuth2 grant by which the system itself, not a user, asks for tokens. */
export interface ClientCredentialsGrant {
  readonly grant: 'clientCredentials';
  /** At least one; sent separated by spaces. */
  readonly scopes: readonly string[];
}
