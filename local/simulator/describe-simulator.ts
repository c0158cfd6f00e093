import { SIMULATOR_PASSWORD } from './modules/authorize.ts';
import { MEMBERS_COLLECTION } from './modules/relation-collections.ts';
import { SCOPES } from './modules/routes.ts';
import { DEFAULT_SWITCHES } from './switches.ts';
import { SIMULATOR_CREDENTIALS } from './tokens.ts';

/** Explains how to use a running simulator, as text for a terminal. The commands can be copied as they are. */
export function describeSimulator({ url }: { readonly url: string }): string {
  const { clientId, clientSecret } = SIMULATOR_CREDENTIALS;
  const control = `${url}/_simulator`;
  const [redirectUrl] = DEFAULT_SWITCHES.redirectUrls;
  return `A simulated Procurios environment. Its people are invented and its passwords are not secret.

  Address        ${url}
  Client id      ${clientId}
  Client secret  ${clientSecret}
  Collection     ${MEMBERS_COLLECTION}

A token, for a POSIX shell:
  TOKEN=$(curl -s ${url}/l/oauth2/token \\
    -d grant_type=client_credentials -d client_id=${clientId} -d client_secret=${clientSecret} \\
    -d 'scope=relation_list_api/relation contact_moment/view' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

The first page of relations:
  curl -s '${url}/l/relation_list_api/collection/${MEMBERS_COLLECTION}?page=1' \\
    -H "Authorization: Bearer $TOKEN" -H 'Accept: application/vnd.procurios.relation+json; version=1'

As a user who logs in (redirect url ${redirectUrl}; any relation's e-mail, password ${SIMULATOR_PASSWORD}), in the project's folder:
  PROCURIOS_HOST=${url} npx procurios-sync login --embedded --config examples/user-login.config.ts
  PROCURIOS_HOST=${url} npx procurios-sync pull --embedded --config examples/user-login.config.ts

Change things while it runs:
  curl -s ${control}/requests
  curl -s ${control}/applied
  curl -s -X PATCH ${control}/objects/relation/1 -d '{"first_name": "Ada"}'
  curl -s -X POST ${control}/objects/relation -d '{"last_name": "Nieuw"}'
  curl -s -X DELETE ${control}/objects/contactMoment/3
  curl -s -X POST ${control}/relations/2/merge -d '{"keptRelationId": 1}'
  curl -s -X POST ${control}/faults -d '{"route": "/l/relation_list_api", "nth": 3, "do": {"kind": "status", "status": 503, "retryAfter": 2}}'
  curl -s -X DELETE ${control}/faults
  curl -s -X PATCH ${control}/switches -d '{"tokenReplyFields": []}'

Scopes: ${SCOPES.join(' ')}
Assumptions about Procurios: docs/procurios.md
`;
}
