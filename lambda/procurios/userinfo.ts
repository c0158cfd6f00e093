import { SyncError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import type { Client } from './client.ts';

/**
 * Reads who a user's token belongs to: `{"sub": 1591, …}`, where the vendor has an integer, the relation's number.
 *
 * @throws {SyncError} As {@link Client.getJson}.
 */
export async function readUserId(client: Client): Promise<number> {
  const about = 'who consented';
  const answer = await client.getJson({ path: '/l/oauth2/userinfo', mediaType: 'application/json', about });
  const sub = isObject(answer) ? answer.sub : undefined;
  const id = typeof sub === 'string' && /^\d{1,15}$/.test(sub) ? Number(sub) : sub;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
  throw new SyncError('RESPONSE_INVALID', `${about}: sub is not as expected: an integer`);
}
