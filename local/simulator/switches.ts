/**
 * Behaviour that the vendor does not document, and that the simulator implements in more than one way.
 *
 * `docs/procurios.md` lists what is unknown about each switch.
 */
export interface Switches {
  /** Fields of a token reply in addition to `access_token`. */
  tokenReplyFields: ('token_type' | 'expires_in' | 'scope')[];
  /** Fields of the reply to a code in addition to `access_token`. */
  userTokenReplyFields: ('token_type' | 'expires_in' | 'scope')[];
  /** Lifetime of a token, in seconds. */
  tokenLifetimeSeconds: number;
  /** Status of the refusal of a wrong client id or secret. */
  wrongCredentialsStatus: 400 | 401;
  /** Whether an unknown scope is left out of the token, or refused with `invalid_scope`. */
  unknownScope: 'dropped' | 'refused';
  /** Which of the vendor's two documentation pages the authorization code grant follows. */
  oauthDialect: 'older' | 'newer' | 'both';
  /** Registered redirect URLs, compared exactly. */
  redirectUrls: string[];
  /** Lifetime of a code, in seconds. */
  codeLifetimeSeconds: number;
  /** Whether the exchange of a code must repeat the redirect URL. */
  redirectUrlAgain: 'optional' | 'required';
  /** Whether the callback carries the `state` of the request. */
  state: 'returned' | 'dropped';
  /** Whether a PKCE challenge is checked. */
  pkce: 'checked' | 'ignored';
  /** Whether a user gets no refresh token, a new one with each token, or one that stays valid. */
  refreshTokens: 'none' | 'rotating' | 'lasting';
  /** Whether a wrong or missing `Accept` gets 406 or is ignored. */
  wrongAccept: 'refused' | 'ignored';
  /** Content type of answers: the module's vendor type, or `application/json`. */
  responseType: 'vendor' | 'json';
  /** Body of 401, 403, 404 and 406. */
  refusalBody: 'errors' | 'empty';
  /** Whether `Accept-Language` chooses between Dutch and English titles. */
  acceptLanguage: 'translates' | 'ignored';
  /** Whether JSON has non-ASCII characters as `\u00eb`, which is PHP's default, or unescaped. */
  unicode: 'escaped' | 'plain';
  /** JSON of an empty map. PHP writes `[]`. */
  emptyMap: 'array' | 'object';
  /** Time zone of dates without an offset. */
  timeZone: string;
  /** The number of the first page of a listing with `page`. */
  firstPage: 1 | 0;
  /** Answer to a page past the end of a listing. */
  beyondLastPage: 'empty' | 'notFound' | 'lastPage';
  /** Whether a link that a page does not have is left out or null. */
  absentLinks: 'omitted' | 'null';
  /** RFC 6901 pointer to the array of relations in a collection's page. Cannot be the root. */
  collectionList: string;
  /** Number of relations on a page of a collection. */
  collectionPageSize: number;
  /** Whether collections support a `since` parameter. */
  collectionSince: 'ignored' | 'filters';
  /**
   * Walks of the archive that begin before an archived relation's entry is shown; if negative, walks of the collections that begin
   * before the relation leaves them.
   */
  archiveLagWalks: number;
  /** Whether a relation's fields are named `first_name`, or `class_1_relation_firstname` as in older samples. */
  fieldKeys: 'readable' | 'generated';
  /** Top-level fields that the account may not see. Listings and collection schemas leave them out. */
  hiddenFields: string[];
  /** Whether profile and registration sets have `_links`. */
  setLinks: 'shown' | 'omitted';
  /** Whether `$schema` in the schemas of profile and registration sets is correct, or has its slashes escaped twice. */
  setSchemaUri: 'plain' | 'escapedTwice';
  /** Whether those schemas have `required`. */
  requiredInSchema: 'shown' | 'omitted';
  /** Whether a field in the body of a write that is not in the schema is refused or ignored. */
  unknownFields: 'refused' | 'ignored';
  /** Status of an answer with the problems of a body sent to a profile or registration set. */
  setErrorsStatus: 400 | 200;
  /** Status of `validate` for a valid body: 200 with an empty map, or 204. */
  validatedStatus: 200 | 204;
  /** Status of the answer to a registration, and to the creation of a `module_api/object`. */
  createdStatus: 200 | 201;
  /** The number in the answer to a registration. */
  registrationReply: 'relationId' | 'registrationId';
  /** Status of the answer without a body to a write that creates nothing. */
  changedStatus: 200 | 204;
  /** Answer to the second cancellation of a meeting registration. */
  secondCancellation: 'notFound' | 'accepted';
  /** Scope of `/l/module_api/object`. */
  objectScope: 'profile' | 'module/object';
}

export const DEFAULT_SWITCHES: Readonly<Switches> = {
  tokenReplyFields: ['token_type', 'expires_in', 'scope'],
  userTokenReplyFields: [],
  tokenLifetimeSeconds: 3600,
  wrongCredentialsStatus: 401,
  unknownScope: 'dropped',
  oauthDialect: 'both',
  redirectUrls: ['http://127.0.0.1:8400/callback', 'https://example.com/callback'],
  codeLifetimeSeconds: 60,
  redirectUrlAgain: 'optional',
  state: 'returned',
  pkce: 'checked',
  refreshTokens: 'none',
  wrongAccept: 'refused',
  responseType: 'vendor',
  refusalBody: 'errors',
  acceptLanguage: 'translates',
  unicode: 'escaped',
  emptyMap: 'array',
  timeZone: 'Europe/Amsterdam',
  firstPage: 1,
  beyondLastPage: 'empty',
  absentLinks: 'omitted',
  collectionList: '/_embedded/relations',
  collectionPageSize: 100,
  collectionSince: 'ignored',
  archiveLagWalks: 0,
  fieldKeys: 'readable',
  hiddenFields: [],
  setLinks: 'shown',
  setSchemaUri: 'plain',
  requiredInSchema: 'shown',
  unknownFields: 'refused',
  setErrorsStatus: 400,
  validatedStatus: 200,
  createdStatus: 200,
  registrationReply: 'relationId',
  changedStatus: 200,
  secondCancellation: 'notFound',
  objectScope: 'profile',
};

/**
 * Changes switches while the simulator runs.
 *
 * @throws {TypeError} If a switch is unknown or its value has the wrong type. No switch has changed then.
 */
export function setSwitches(switches: Switches, changes: Partial<Switches>): void {
  for (const [name, value] of Object.entries(changes)) {
    const known = Object.hasOwn(DEFAULT_SWITCHES, name)
      ? DEFAULT_SWITCHES[name as keyof Switches]
      : undefined;
    if (known === undefined) {
      throw new TypeError(`'${name}' is not a switch; known are ${Object.keys(DEFAULT_SWITCHES).join(', ')}`);
    }
    if (typeof value !== typeof known || Array.isArray(value) !== Array.isArray(known)) {
      throw new TypeError(`switch '${name}' must be of the type of its default, ${JSON.stringify(known)}`);
    }
  }
  Object.assign(switches, changes);
}
