import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { SIMULATOR_PASSWORD } from '../../local/simulator/modules/authorize.ts';

/** What a user does on the simulator's pages, without a browser. */
export interface Visit {
  /** @default - The one that the page suggests. */
  readonly email?: string;
  /** @default 'approve' */
  readonly decision?: 'approve' | 'refuse';
}

/**
 * Signs in and decides.
 *
 * @param url - Where a client sends its users.
 * @returns Where the user is sent back to.
 */
export async function consentAt(url: string, { email, decision = 'approve' }: Visit = {}): Promise<string> {
  const signIn = await (await fetch(url)).text();
  const suggested = /name="email"[^>]* value="([^"]+)"/.exec(signIn)?.[1] ?? '';
  const consent = await post(url, { email: email ?? suggested, password: SIMULATOR_PASSWORD });
  const page = await consent.text();
  const token = /name="sign_in" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const sentBack = await post(url, { sign_in: token, decision });
  return sentBack.headers.get('location') ?? '';
}

export async function post(url: string, form: Record<string, string>): Promise<Response> {
  return await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
}

/** Goes to an address as a browser does that is sent there; `fetch` would say that it is a script. */
export async function visit(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly html: string }> {
  return await new Promise((resolve, reject) => {
    get(url, { headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, html: await text(response) });
    }).once('error', reject);
  });
}
