import type { Paging } from '../lambda/core/pull/stream.ts';
import type { Operation } from '../lambda/core/push/operation.ts';
import type { Dialect } from '../lambda/core/token/authorization.ts';

/** What an operator writes. Everything that is left out has a default. */
export interface ConfigInput {
  /** Names the tables and the secret: lower case letters, digits and hyphens, at most 32. */
  readonly environment: string;
  /** Address of the Procurios environment: `https://acme.procurios.site`. */
  readonly host: string;
  /**
   * Where tokens are requested; may be on another host. The client's secret is sent there only.
   *
   * @default - `/l/oauth2/token` on `host`.
   */
  readonly tokenUrl?: string;
  /**
   * Languages asked for, as in the header of that name.
   *
   * @default 'nl-NL,nl;q=0.9,en;q=0.5'
   */
  readonly acceptLanguage?: string;
  readonly auth: ClientCredentialsInput | AuthorizationCodeInput;
  readonly requestsPerSecond?: {
    /**
     * Requests that the pull makes at most, above 0 and up to 1000; fractions are allowed.
     *
     * @default 8
     */
    readonly pull?: number;
    /**
     * Requests that the push makes at most, above 0 and up to 1000; fractions are allowed.
     *
     * @default 2
     */
    readonly push?: number;
  };
  readonly schedule?: {
    /**
     * When pulls start, in the dialect of EventBridge Scheduler: minutes, hours, day of the month, month, day of the week,
     * year. One of the two days is `?`.
     *
     * @default '0 4 * * ? *'
     */
    readonly cron?: string;
    /**
     * IANA name of the time zone that `cron` is in.
     *
     * @default 'Europe/Amsterdam'
     */
    readonly timeZone?: string;
    /**
     * Hours without a complete run after which an alarm is raised, 1 to 168: the time between two starts, and how long a run
     * takes.
     *
     * @default 26
     */
    readonly expectWithinHours?: number;
  };
  /**
   * Who gets the alarms by e-mail; AWS asks that address for its consent first.
   *
   * @default - Nobody: the topic in the stack's output `AlarmTopic` can be subscribed to.
   */
  readonly alarmEmail?: string;
  /**
   * ARN of a KMS key of your own that encrypts tables, secret, queues, alarm topic and logs. docs/deploy.md says what its policy
   * has to allow.
   *
   * @default - Keys that belong to AWS.
   */
  readonly kmsKeyArn?: string;
  /**
   * Days for which CloudWatch keeps the functions' logs: one of those that CloudWatch knows, such as 30, 90 or 365.
   *
   * @default 90
   */
  readonly logRetentionDays?: number;
  /**
   * Days for which the ledger keeps changes that are accepted or settled, and messages that were none: 14 to 3650. A change of the
   * same `changeId` that comes later than that is a new one.
   *
   * @default 400
   */
  readonly ledgerRetentionDays?: number;
  /**
   * Name of an existing secret with the client's id and secret.
   *
   * @default - `procurios-sync/<environment>/client`, which the stack makes.
   */
  readonly secretName?: string;
  /** What is pulled: one or more, made by the catalogue's functions. */
  readonly streams: readonly StreamInput[];
  /**
   * What a queued change can be, by name; made by the catalogue's functions. A change can choose among these only.
   *
   * @default {}
   */
  readonly operations?: Readonly<Record<string, OperationInput>>;
}

/** Tokens for the system itself, from server to server. */
export interface ClientCredentialsInput {
  readonly grant: 'clientCredentials';
  /** What the client is allowed to read and to change, as agreed with Procurios: one or more. */
  readonly scopes: readonly string[];
}

/** Tokens of a user who consented: `procurios-sync login`. */
export interface AuthorizationCodeInput {
  readonly grant: 'authorizationCode';
  /** What the user is asked to allow: one or more. With `openid`, it is kept who consented. */
  readonly scopes: readonly string[];
  /**
   * Which of the vendor's pages the server follows: `older` has `grant_type=code` and `redirect_url`, `newer` has
   * `response_type=code`, `redirect_uri` and `grant_type=authorization_code`.
   *
   * @default 'newer'
   */
  readonly dialect?: Dialect;
  /**
   * Where the user signs in and consents.
   *
   * @default - `/l/oauth2/authorize` on `host`.
   */
  readonly authorizeUrl?: string;
  /**
   * Where Procurios sends the user afterwards, letter by letter as registered with Procurios. One on this machine is
   * listened to; from any other, the address that the browser ends at is pasted.
   *
   * @default 'http://127.0.0.1:8400/callback'
   */
  readonly redirectUrl?: string;
  /**
   * Whether the token request names the redirect url again, as OAuth2 has it; the vendor's samples do not.
   *
   * @default false
   */
  readonly repeatRedirectUrl?: boolean;
  /**
   * Whether a PKCE challenge (S256) is sent: the vendor does not say whether the server knows it.
   *
   * @default false
   */
  readonly pkce?: boolean;
  /**
   * Whether a `state` is sent, and a callback without it refused. To be turned off only where the server does not
   * send it back: then nothing but PKCE tells this login's callback from one that somebody else has set up.
   *
   * @default true
   */
  readonly state?: boolean;
}

/** A list of objects that is pulled into a table of its own. */
export interface StreamInput {
  /** Names the table: lower case letters, digits and hyphens, at most 64. */
  readonly name: string;
  /** Path on the host, beginning with `/`, without a query. */
  readonly path: string;
  /**
   * Parameters sent with every page.
   *
   * @default {}
   */
  readonly query?: Readonly<Record<string, string | number>>;
  /** The `Accept` header: `application/vnd.procurios.relation+json; version=1`. */
  readonly mediaType: string;
  /**
   * RFC 6901 pointer to the list of objects: `/relations`; `''` where the whole answer is the list.
   *
   * @default - The only list in the answer or under `_embedded`.
   */
  readonly objects?: string;
  /** The top-level field, or fields, that tell one object from another: texts or integers. */
  readonly key: string | readonly string[];
  /** How one page leads to the next. */
  readonly paging: Paging;
  /**
   * What happens to the item of an object that is gone. Deletes are not carried yet.
   *
   * @default 'never'
   */
  readonly deletes?: 'never';
  /**
   * Top-level fields that are stored, but whose difference alone is not a change.
   *
   * @default []
   */
  readonly ignoreChangesIn?: readonly string[];
}

/** A kind of write to Procurios. */
export interface OperationInput {
  readonly method: Operation['method'];
  /**
   * Path on the host, beginning with `/`, without a query. Names in braces are filled from a change's parameters,
   * percent-encoded: `/l/meeting2_api/meetings/{meeting}/registration`.
   */
  readonly path: string;
  /** The `Accept` header: `application/vnd.procurios.relation+json; version=1`. */
  readonly mediaType: string;
  /**
   * Whether a change may be sent again by itself when nobody knows whether it was applied.
   *
   * @default - True for PUT and DELETE, false for POST and PATCH.
   */
  readonly repeatable?: boolean;
  /**
   * Where Procurios gives the JSON Schema of the body; may have the path's placeholders.
   *
   * @default - The body is not checked before it is sent.
   */
  readonly schemaPath?: string;
  /**
   * Where Procurios checks a body without applying it; may have the path's placeholders.
   *
   * @default - It is not asked.
   */
  readonly validatePath?: string;
  /**
   * The ids in the reply that the ledger keeps, by name: an RFC 6901 pointer each, `{ relationId: '/relationId' }`.
   *
   * @default {}
   */
  readonly ids?: Readonly<Record<string, string>>;
}

/** Gives an editor the types of a config. What it holds is checked when it is loaded. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/**
 * What a stream of the catalogue may have otherwise than the catalogue says: where the vendor's documentation is
 * silent, or an environment differs.
 */
export type StreamOverrides = Partial<Omit<StreamInput, 'name' | 'path'>>;
