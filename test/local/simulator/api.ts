import {
  SIMULATOR_CREDENTIALS,
  SIMULATOR_SCOPES,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../local/simulator/simulator.ts';

/**
 * Header that closes the connection after the answer. A kept connection may be closed by a server that was busy for seconds, at
 * the moment when the next request is sent.
 */
export const SINGLE_USE = { connection: 'close' };

/** An answer with its body; `json` is undefined if the text is not JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes.
  readonly json: any;
}

/** A running simulator, and a token with all scopes. */
export interface Api extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly token: string;
  /** Sends a GET request with the token and a module's media type: `relation`, or `meeting2;2` for version 2. */
  get(path: string, type?: string, headers?: Record<string, string>): Promise<Answer>;
  /** Reads pages 1, 2, … up to the first page without objects. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  pages(path: string, type: string, listOf?: (json: any) => any[]): Promise<any[][]>;
}

export async function startApi(options: SimulatorOptions = { relations: 120 }): Promise<Api> {
  const simulator = await startSimulator(options);
  const { access_token: token } = (await requestToken(simulator)).json;
  const get: Api['get'] = async (path, type = 'relation', headers = {}) =>
    read(
      await fetch(simulator.url + path, {
        redirect: 'manual',
        headers: { authorization: `Bearer ${token}`, accept: mediaType(type), ...SINGLE_USE, ...headers },
      }),
    );
  return {
    simulator,
    token,
    get,
    async pages(path, type, listOf = (json) => json) {
      const found: unknown[][] = [];
      for (let page = 1; ; page += 1) {
        const { json } = await get(`${path}?page=${page}`, type);
        if (listOf(json).length === 0) {
          return found as never;
        }
        found.push(listOf(json));
      }
    },
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

/** Requests a token, by default with the simulator's credentials and all scopes. */
export async function requestToken(
  simulator: Simulator,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: SIMULATOR_CREDENTIALS.clientId,
    client_secret: SIMULATOR_CREDENTIALS.clientSecret,
    scope: SIMULATOR_SCOPES.join(' '),
    ...fields,
  });
  return read(
    await fetch(`${simulator.url}/l/oauth2/token`, { method: 'POST', body: form, headers: SINGLE_USE }),
  );
}

export function mediaType(type: string): string {
  const [name, version = '1'] = type.split(';');
  return `application/vnd.procurios.${name}+json; version=${version}`;
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
