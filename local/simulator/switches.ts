/**
 * Everything the vendor leaves open that the simulator can do in more than one way.
 *
 * `docs/procurios.md` lists each with what is not known about it.
 */
export interface Switches {
  /** What a token reply holds beside `access_token`. */
  tokenReplyFields: ('token_type' | 'expires_in' | 'scope')[];
  /** What the reply to a code holds beside `access_token`. */
  userTokenReplyFields: ('token_type' | 'expires_in' | 'scope')[];
  /** How long a token serves, in seconds. */
  tokenLifetimeSeconds: number;
  /** Status of the refusal of a wrong client id or secret. */
  wrongCredentialsStatus: 400 | 401;
  /** What becomes of a scope that no module has: left out of the token, or `invalid_scope`. */
  unknownScope: 'dropped' | 'refused';
  /** Which of the vendor's two pages the authorization code grant follows. */
  oauthDialect: 'older' | 'newer' | 'both';
  /** Where users may be sent back to, to the letter. */
  redirectUrls: string[];
  /** How long a code can be exchanged, in seconds. */
  codeLifetimeSeconds: number;
  /** Whether the request that exchanges a code has to name the redirect url again. */
  redirectUrlAgain: 'optional' | 'required';
  /** Whether the callback carries the `state` of the request. */
  state: 'returned' | 'dropped';
  /** Whether a PKCE challenge is looked at. */
  pkce: 'checked' | 'ignored';
  /** What renews a user's token: nothing, something that is new with each token, or something that stays the same. */
  refreshTokens: 'none' | 'rotating' | 'lasting';
  /** What a wrong or missing `Accept` leads to: 406, or the answer all the same. */
  wrongAccept: 'refused' | 'ignored';
  /** Content type of answers: the module's vendor type, or `application/json`. */
  responseType: 'vendor' | 'json';
  /** Body of 401, 403, 404 and 406. */
  refusalBody: 'errors' | 'empty';
  /** Whether `Accept-Language` chooses between Dutch and English titles. */
  acceptLanguage: 'translates' | 'ignored';
  /** How characters beyond ASCII are written in JSON: `\u00eb`, as PHP does by default, or as they are. */
  unicode: 'escaped' | 'plain';
  /** What a map without entries looks like: PHP writes `[]`. */
  emptyMap: 'array' | 'object';
  /** Zone of dates that do not name one. */
  timeZone: string;
  /** What a page past the end of a listing gives. */
  beyondLastPage: 'empty' | 'notFound' | 'lastPage';
  /** What stands in the place of a link that a page does not have. */
  absentLinks: 'omitted' | 'null';
  /** RFC 6901 pointer to the array of relations in a collection's page; not the root. */
  collectionList: string;
  /** Relations on one page of a collection. */
  collectionPageSize: number;
  /** Whether collections know a `since` parameter. */
  collectionSince: 'ignored' | 'filters';
  /** Names of a relation's fields: `first_name`, or `class_1_relation_firstname` as in older copies. */
  fieldKeys: 'readable' | 'generated';
  /** Top-level fields that the account may not see: left out of every listing and collection schema. */
  hiddenFields: string[];
  /** Whether profile and registration sets carry `_links`. */
  setLinks: 'shown' | 'omitted';
  /** How the schemas of profile and registration sets name their dialect: as a URI, or with its slashes escaped once too often. */
  setSchemaUri: 'plain' | 'escapedTwice';
  /** Whether those schemas name the fields that a registration cannot do without. */
  requiredInSchema: 'shown' | 'omitted';
  /** What becomes of a field in the body of a write that its schema does not have. */
  unknownFields: 'refused' | 'ignored';
  /** Status of an answer that says what is wrong with the body sent to a profile or registration set. */
  setErrorsStatus: 400 | 200;
  /** Status of the answer to a good body that was to be validated only: with an empty map, or with no body at all. */
  validatedStatus: 200 | 204;
  /** Status of the answer to a registration, and to the creation of an object of another module. */
  createdStatus: 200 | 201;
  /** The number that the answer to a registration holds. */
  registrationReply: 'relationId' | 'registrationId';
  /** Status of the bodiless answer to a change that is not a creation. */
  changedStatus: 200 | 204;
  /** What cancelling a meeting registration a second time gives. */
  secondCancellation: 'notFound' | 'accepted';
  /** Scope that gives access to the objects of other modules. */
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
  beyondLastPage: 'empty',
  absentLinks: 'omitted',
  collectionList: '/_embedded/relations',
  collectionPageSize: 100,
  collectionSince: 'ignored',
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
 * @throws {TypeError} On a name that is no switch, or a value of another type; nothing has changed then.
 */
export function setSwitches(switches: Switches, changes: Partial<Switches>): void {
  for (const [name, value] of Object.entries(changes)) {
    const known = Object.hasOwn(DEFAULT_SWITCHES, name)
      ? DEFAULT_SWITCHES[name as keyof Switches]
      : undefined;
    if (known === undefined) {
      throw new TypeError(`'${name}' is not a switch; there are ${Object.keys(DEFAULT_SWITCHES).join(', ')}`);
    }
    if (typeof value !== typeof known || Array.isArray(value) !== Array.isArray(known)) {
      throw new TypeError(`switch '${name}' must be of the type of its default, ${JSON.stringify(known)}`);
    }
  }
  Object.assign(switches, changes);
}
