import { SIMULATOR_CREDENTIALS, type Simulator } from '../../local/simulator/simulator.ts';
import type { PagingCase } from './paging-kinds.ts';

/** Objects by key, each as text that is the same for equal objects only. */
export type Contents = ReadonlyMap<string, string>;

/**
 * Reads a listing as anybody would, with nothing of the pull's code, in the order of the listing.
 *
 * @param scopes - Those that the token is asked for.
 */
export async function readPlainly(
  { url }: Simulator,
  { kind, stream, key }: PagingCase,
  scopes: readonly string[],
): Promise<Contents> {
  const headers = {
    authorization: `Bearer ${await askToken(url, scopes)}`,
    accept: stream.mediaType,
    // Because the simulator closes a kept connection that it was too busy to use.
    connection: 'close',
  };
  const contents = new Map<string, string>();
  let last = '0';
  for (let page = 1; ; page += 1) {
    const query = kind === 'after' ? `after=${last}` : `page=${page}&amount=10`;
    const response = await fetch(`${url}${stream.path}?${query}`, { headers });
    if (response.status !== 200) throw new Error(`the simulator answered ${response.status}`);
    const objects = listIn(parseExactly(await response.text()));
    for (const object of objects) {
      last = String(object[key]);
      contents.set(last, comparable(object));
    }
    if (objects.length === 0 || kind === 'onePage') return contents;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** The list is the answer itself, or stands in one of its fields or under `_embedded`. */
function listIn(answer: unknown): Fields[] {
  if (Array.isArray(answer)) return answer;
  const { _embedded, ...fields } = answer as Fields;
  return Object.values({ ...fields, ...(_embedded as Fields) }).find(Array.isArray) ?? [];
}

async function askToken(url: string, scopes: readonly string[]): Promise<string> {
  const { clientId, clientSecret } = SIMULATOR_CREDENTIALS;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: scopes.join(' '),
  });
  const response = await fetch(`${url}/l/oauth2/token`, { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
}

const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

/** Parses JSON with every number that a double would change kept as its digits. */
export function parseExactly(text: string): unknown {
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === 'number' && String(value) !== source ? { digits: source } : value,
  );
}

/** One text for all objects that are equal, whatever the order of their fields. */
export function comparable(object: unknown): string {
  return JSON.stringify(object, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}
