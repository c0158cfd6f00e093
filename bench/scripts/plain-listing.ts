import axios from 'axios';
import { ClientCredentials } from 'simple-oauth2';
import { pathOf, procuriosHost, queryOf, type Round } from './round.ts';

const credentials = new ClientCredentials({
  client: { id: 'bench', secret: 'bench-secret' },
  auth: { tokenHost: procuriosHost(), tokenPath: '/l/oauth2/token' },
  options: { authorizationMethod: 'body' },
});

/** Reads a cursor listing in the obvious way: with axios, page after page, until a page is empty. */
export async function* listPlainly(round: Round): AsyncGenerator<Record<string, unknown>[]> {
  const { token } = await credentials.getToken({ scope: 'relation_list_api/relation' });
  let after: unknown;
  for (;;) {
    const { data } = await axios.get(`${procuriosHost()}${pathOf(round)}`, {
      params: { ...queryOf(round), after },
      headers: {
        Authorization: `Bearer ${token.access_token}`,
        Accept: 'application/vnd.procurios.relation+json; version=1',
        'Accept-Language': 'nl-NL',
      },
    });
    if (data.relations.length === 0) return;
    yield data.relations;
    after = data.relations.at(-1).id;
  }
}
