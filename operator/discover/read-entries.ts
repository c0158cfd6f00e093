import { isObject, type Json } from '../../lambda/core/json.ts';
import { candidatesIn } from '../../lambda/procurios/listing/object-list.ts';
import { valueAt } from '../../lambda/procurios/listing/pointer.ts';
import type { ApiAccess } from '../procurios/api-access.ts';

/** A collection or a set of fields, as an entry of Procurios' list of them. */
export interface Entry {
  readonly id: string;
  /** For people. Equals `id` if Procurios gives no title. */
  readonly title: string;
}

/**
 * Reads the list in an answer. Leaves out entries without an `id`, and returns each `id` once.
 *
 * @param about - The purpose of the request, for messages.
 * @throws {SyncError} As a request to Procurios does.
 */
export async function readEntries(
  { client }: ApiAccess,
  path: string,
  mediaType: string,
  about: string,
): Promise<Entry[]> {
  const answer = await client.getJson({ path, mediaType, about });
  const [list] = candidatesIn(answer, ['id']);
  const entries = list === undefined ? [] : (valueAt(list, answer) as readonly Json[]);
  const titles = new Map<string, string>();
  for (const { id, title } of entries.filter(isObject)) {
    if ((typeof id !== 'string' && typeof id !== 'number') || id === '') continue;
    titles.set(String(id), typeof title === 'string' && title.trim() !== '' ? title : String(id));
  }
  return [...titles].map(([id, title]) => ({ id, title }));
}

/**
 * Reads the names of the fields in a JSON Schema.
 *
 * @returns Empty if there is no schema, or if it names no fields.
 * @throws {SyncError} As a request to Procurios does.
 */
export async function readSchemaFields(
  { client }: ApiAccess,
  path: string,
  mediaType: string,
): Promise<string[]> {
  const { json } = await client.ask({ method: 'GET', path, shownPath: path, mediaType, about: 'a schema' });
  const properties = isObject(json) ? json.properties : undefined;
  return isObject(properties) ? Object.keys(properties) : [];
}
