import type { Paging } from '../lambda/core/pull/stream.ts';
import type { Operation } from '../lambda/core/push/operation.ts';
import type { Dialect } from '../lambda/core/token/authorization.ts';

/** A config as an operator writes it. Every option marked `?` has a default. */
export interface ConfigInput {
  /** Name of this deployment, which becomes part of all names in AWS: lower case letters, digits and hyphens, at most 32. */
  readonly environment: string;
  /** Address of the Procurios environment: `https://acme.procurios.site`. */
  readonly host: string;
  /**
   * Address where tokens are requested. It may be on another host. The client's secret is sent to no other address.
   *
   * @default - `/l/oauth2/token` on `host`.
   */
  readonly tokenUrl?: string;
  /**
   * Languages of titles: the `Accept-Language` header of every request.
   *
   * @default 'nl-NL,nl;q=0.9,en;q=0.5'
   */
  readonly acceptLanguage?: string;
  /** The OAuth2 grant by which tokens are requested. */
  readonly auth: ClientCredentialsInput | AuthorizationCodeInput;
  /** Shares of the rate that was agreed with Procurios. */
  readonly requestsPerSecond?: {
    /**
     * Most requests per second of the pull: above 0, at most 1000. Fractions are allowed.
     *
     * @default 8
     */
    readonly pull?: number;
    /**
     * Most requests per second of the push: above 0, at most 1000. Fractions are allowed.
     *
     * @default 2
     */
    readonly push?: number;
  };
  /** When pulls start. */
  readonly schedule?: {
    /**
     * Cron expression of EventBridge Scheduler: minutes, hours, day of the month, month, day of the week, year. One of the two
     * days is `?`.
     *
     * @default '0 4 * * ? *'
     */
    readonly cron?: string;
    /**
     * IANA name of the time zone of `cron`.
     *
     * @default 'Europe/Amsterdam'
     */
    readonly timeZone?: string;
    /**
     * Hours without a complete run after which an alarm is raised, 1 to 168. Add the longest time between two starts and the
     * time that a run takes.
     *
     * @default 26
     */
    readonly expectWithinHours?: number;
  };
  /**
   * Region in which the stack is deployed, and in which commands look for it: `eu-west-1`.
   *
   * @default - The region in `AWS_REGION`, or of the AWS profile.
   */
  readonly region?: string;
  /**
   * E-mail address that receives the alarms. AWS asks it to confirm the subscription first.
   *
   * @default - No e-mail. The stack's output `AlarmTopic` names the topic to subscribe to.
   */
  readonly alarmEmail?: string;
  /**
   * Address of docs/runbook.md where the readers of alarms find it, such as a page of your wiki or forge. Alarms link to it.
   *
   * @default - Alarms name the file in this project.
   */
  readonly runbookUrl?: string;
  /**
   * ARN of your KMS key, which encrypts tables, secrets, queues, alarm topic and logs. docs/deploy.md says what its policy has to
   * allow.
   *
   * @default - Keys that belong to AWS.
   */
  readonly kmsKeyArn?: string;
  /**
   * Days for which CloudWatch keeps the functions' logs: one of the values that CloudWatch allows, such as 30, 90 or 365.
   *
   * @default 90
   */
  readonly logRetentionDays?: number;
  /**
   * Days for which the ledger keeps changes that were accepted or settled, and messages that were not changes: 14 to 3650.
   * Afterwards, a change with the same `changeId` counts as a new one.
   *
   * @default 400
   */
  readonly ledgerRetentionDays?: number;
  /**
   * Name of an existing secret with the client's id and secret.
   *
   * @default - `procurios-sync/<environment>/client`, which the stack creates.
   */
  readonly secretName?: string;
  /**
   * ARN of the KMS key that encrypts the secret in `secretName`.
   *
   * @default - The key that belongs to Secrets Manager, or `kmsKeyArn`.
   */
  readonly secretKmsKeyArn?: string;
  /** Memory of the functions, in MB, 256 to 10240. New accounts allow 3008. */
  readonly memoryMb?: {
    /**
     * A pull keeps 8 to 32 bytes for each object of a stream.
     *
     * @default 512
     */
    readonly pull?: number;
    /** @default 512 */
    readonly push?: number;
  };
  /**
   * Whether CloudFormation refuses to delete the stack until this is false again. Tables are always protected.
   *
   * @default false
   */
  readonly terminationProtection?: boolean;
  /**
   * Tags of everything in the stack that can have tags: `{ team: 'crm' }`.
   *
   * @default {}
   */
  readonly tags?: Readonly<Record<string, string>>;
  /** The lists to pull: one or more, made by the catalogue's functions or by `stream`. */
  readonly streams: readonly StreamInput[];
  /**
   * The writes that queued changes may ask for, by name, made by the catalogue's functions or by `operation`. A change that
   * names another operation is rejected.
   *
   * @default {}
   */
  readonly operations?: Readonly<Record<string, OperationInput>>;
}

/** Tokens for this system itself, without a user. */
export interface ClientCredentialsInput {
  readonly grant: 'clientCredentials';
  /** Scopes that Procurios granted to the client: one or more. */
  readonly scopes: readonly string[];
}

/** Tokens of a user who consented in `procurios-sync login`. */
export interface AuthorizationCodeInput {
  readonly grant: 'authorizationCode';
  /** Scopes that the user is asked to allow: one or more. With `openid`, the login also stores who consented. */
  readonly scopes: readonly string[];
  /**
   * The page of Procurios' documentation that the server follows. `older` sends `grant_type=code` and `redirect_url`; `newer`
   * sends `response_type=code`, `redirect_uri` and `grant_type=authorization_code`.
   *
   * @default 'newer'
   */
  readonly dialect?: Dialect;
  /**
   * Address where the user signs in and consents.
   *
   * @default - `/l/oauth2/authorize` on `host`.
   */
  readonly authorizeUrl?: string;
  /**
   * Address to which Procurios sends the user afterwards, exactly as registered with Procurios. The login listens on an address
   * of this machine. With any other, the user pastes the address that the browser shows in the end.
   *
   * @default 'http://127.0.0.1:8400/callback'
   */
  readonly redirectUrl?: string;
  /**
   * Whether the token request repeats the redirect URL, as OAuth2 requires. Procurios' samples do not repeat it.
   *
   * @default false
   */
  readonly repeatRedirectUrl?: boolean;
  /**
   * Whether a PKCE challenge (S256) is sent. Procurios does not document whether the server supports it.
   *
   * @default false
   */
  readonly pkce?: boolean;
  /**
   * Whether a `state` is sent, and a callback without it refused. Turn it off only if the server does not send it back, because
   * then only PKCE tells this login's callback from a forged one.
   *
   * @default true
   */
  readonly state?: boolean;
}

/** A list of objects in Procurios, which is pulled into one table. */
export interface StreamInput {
  /** Last part of the table's name: lower case letters, digits and hyphens, at most 64. */
  readonly name: string;
  /** Path on the host, beginning with `/`, without a query. */
  readonly path: string;
  /**
   * Query parameters sent with the request of every page.
   *
   * @default {}
   */
  readonly query?: Readonly<Record<string, string | number>>;
  /** The `Accept` header: `application/vnd.procurios.relation+json; version=1`. */
  readonly mediaType: string;
  /**
   * RFC 6901 pointer to the list of objects, such as `/relations`; `''` if the whole answer is the list.
   *
   * @default - The only list in the answer or under `_embedded`.
   */
  readonly objects?: string;
  /** The top-level field, or fields, that identify an object. Their values are texts or integers. */
  readonly key: string | readonly string[];
  /** How the listing goes from one page to the next. */
  readonly paging: Paging;
  /**
   * Top-level fields whose difference alone causes no write. Their new values are stored with the object's next other change.
   *
   * @default []
   */
  readonly ignoreChangesIn?: readonly string[];
  /**
   * What happens to the item of an object that the listing no longer shows. `fromWalk`: it is marked as deleted once walks prove
   * that the object is gone. `report`: absences are counted and shown, and no item is marked. `never`: absences are not counted.
   *
   * @default 'report'
   */
  readonly deletes?: 'fromWalk' | 'report' | 'never';
  /**
   * So many counted walks in a row must miss an object before it is gone: 3 to 14, or 2 to 14 with `after(field)` or `onePage()`.
   *
   * @default 3
   */
  readonly goneAfter?: number;
  /** How many deletes of one walk need no operator. More are held until an operator approves them. */
  readonly guard?: {
    /**
     * The largest share of the items, from 0 to 1. Ten deletes are always few enough, and more than half of the items never are.
     *
     * @default 0.05
     */
    readonly share?: number;
    /**
     * The largest number, however many items there are: 0 to 1,000,000.
     *
     * @default 500
     */
    readonly most?: number;
  };
  /**
   * What an empty page in front of filled ones means for deletes. `wait`: they wait for walks without one, because such a page
   * hides objects. `count`: such pages are normal in this listing.
   *
   * @default 'wait'
   */
  readonly holes?: 'wait' | 'count';
  /**
   * Days for which a deleted object's item stays, marked as deleted: 0 to 3650. With 0 it is deleted at once.
   *
   * @default 30
   */
  readonly retainTombstonesFor?: number;
  /**
   * The stream that names archived objects: its name, or `{ stream, by }` if this stream's key is not `id`. `by` is the field of
   * this stream's objects whose value is the archive's key. An object that the archive names is gone as soon as one walk misses it.
   *
   * @default - The stream of archived relations, for the relations of a collection whose key is `id`, if the config has one. None
   * for other streams.
   */
  readonly archive?: string | { readonly stream: string; readonly by?: string };
}

/** A kind of write to Procurios, which changes ask for by its name. */
export interface OperationInput {
  readonly method: Operation['method'];
  /**
   * Path on the host, beginning with `/`, without a query: `/l/meeting2_api/meetings/{meeting}/registration`. A change's
   * parameters, percent-encoded, replace the names in braces.
   */
  readonly path: string;
  /** The `Accept` header: `application/vnd.procurios.relation+json; version=1`. */
  readonly mediaType: string;
  /**
   * Whether a change is sent again if its reply was lost, so that it is unknown whether it was applied.
   *
   * @default - True for PUT and DELETE, false for POST and PATCH.
   */
  readonly repeatable?: boolean;
  /**
   * Path of the body's JSON Schema in Procurios. It may have the path's placeholders.
   *
   * @default - The body is not checked before it is sent.
   */
  readonly schemaPath?: string;
  /**
   * Path where Procurios checks a body without applying it. It may have the path's placeholders.
   *
   * @default - Procurios does not check the body before it is sent.
   */
  readonly validatePath?: string;
  /**
   * The ids in the reply that the ledger keeps: RFC 6901 pointers by name, such as `{ relationId: '/relationId' }`.
   *
   * @default {}
   */
  readonly ids?: Readonly<Record<string, string>>;
}

/**
 * Returns a config as it is, so that an editor knows its types. The values are checked when the config is loaded.
 *
 * @example
 * export default defineConfig({
 *   environment: 'acme',
 *   host: 'https://acme.procurios.site',
 *   auth: { grant: 'clientCredentials', scopes: ['contact_moment/view'] },
 *   streams: [contactMoments('contact-moments')],
 * });
 */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/**
 * Options of a stream that replace the catalogue's, for what Procurios does not document or an environment does differently.
 */
export type StreamOverrides = Partial<Omit<StreamInput, 'name' | 'path'>>;
