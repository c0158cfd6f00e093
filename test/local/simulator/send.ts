import { type Answer, type Api, mediaType, read, SINGLE_USE } from './api.ts';

/** Sends a body as JSON, with the token and a module's media type. Has no `Content-Type` unless one is given. */
export async function send(
  api: Api,
  method: string,
  path: string,
  type: string,
  body?: unknown,
  options: { readonly headers?: Record<string, string>; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const { headers, ...others } = options;
  const response = await fetch(api.simulator.url + path, {
    method,
    headers: { authorization: `Bearer ${api.token}`, accept: mediaType(type), ...SINGLE_USE, ...headers },
    // Sent as bytes, because fetch adds a Content-Type to a string.
    ...(body === undefined
      ? {}
      : { body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }),
    redirect: 'manual',
    ...others,
  });
  return read(response);
}
