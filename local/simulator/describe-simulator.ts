import { CONTROL_HEADER } from './answer-control.ts';
import { SIMULATOR_PASSWORD } from './modules/authorize.ts';
import { MEMBERS_COLLECTION } from './modules/relation-collections.ts';
import { SIMULATOR_CREDENTIALS } from './tokens.ts';

/** Explains how to use a running simulator, as text for a terminal. The command can be copied as it is. */
export function describeSimulator({ url }: { readonly url: string }): string {
  const { clientId, clientSecret } = SIMULATOR_CREDENTIALS;
  return `A simulated Procurios environment. Its people are invented and its passwords are not secret.

  Address        ${url}
  Client id      ${clientId}
  Client secret  ${clientSecret}
  Collection     ${MEMBERS_COLLECTION}
  Users          any relation's e-mail address, password ${SIMULATOR_PASSWORD}

To change things while it runs, for example an object:
  curl -s -X PATCH ${url}/_simulator/objects/relation/1 \\
    -H '${CONTROL_HEADER}: 1' -d '{"first_name": "Ada"}'

All commands, faults and assumptions: docs/procurios.md
`;
}
