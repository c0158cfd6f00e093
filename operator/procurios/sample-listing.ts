import { SyncError } from '../../lambda/core/errors.ts';
import { isObject, type Json } from '../../lambda/core/json.ts';
import { keyOf } from '../../lambda/core/pull/key.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import type { Client } from '../../lambda/procurios/http/client.ts';
import { listsIn } from '../../lambda/procurios/listing/object-list.ts';
import { addressOf } from '../../lambda/procurios/listing/page-addresses.ts';
import { valueAt } from '../../lambda/procurios/listing/pointer.ts';
import { type FirstPage, type ListingSample, type Probe, probeFor } from './recognize-paging.ts';

/**
 * Reads a stream's first page, and sends a second request if that shows more about its kind of paging.
 *
 * @throws {SyncError} What {@link Client.getJson} throws, for the first page.
 */
export async function sampleListing(client: Client, stream: Stream): Promise<ListingSample> {
  const { mediaType } = stream;
  const read = (path: string, page: number) =>
    client.getJson({ path, mediaType, about: `stream ${stream.name}, page ${page}` });
  const first = addressOf(stream, { page: 1 });
  const answer = await read(first, 1);
  const list = listOf(stream, answer);
  const page = describePage(answer, list);
  const probe = probeFor(stream, page);
  if (probe === undefined || list === undefined) return { page };
  const path = withParameter(first, ...parameterOf(probe, page));
  try {
    const objects = valueAt(list, await read(path, 2));
    return { page, probed: { probe, objects: Array.isArray(objects) ? objects : [] } };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    // A failure that may pass says nothing about the paging.
    return error.code === 'RESPONSE_INVALID' ? { page, probed: { probe, objects: 'refused' } } : { page };
  }
}

/** A pointer to the list of objects; undefined if it is not where the config says, or if there is not exactly one list. */
function listOf({ objects }: Stream, answer: Json): string | undefined {
  if (objects !== undefined) return Array.isArray(valueAt(objects, answer)) ? objects : undefined;
  const lists = listsIn(answer);
  return lists.length === 1 ? lists[0] : undefined;
}

function describePage(answer: Json, list: string | undefined): FirstPage {
  const links = isObject(answer) ? answer._links : undefined;
  const named = isObject(links) ? Object.values(links).filter((link) => link !== null && link !== '') : [];
  const next = isObject(links) ? links.next : undefined;
  return {
    lists: listsIn(answer),
    objects: list === undefined ? undefined : (valueAt(list, answer) as readonly Json[]),
    links: links === undefined ? 'none' : kindOfLinks(named),
    hasNext: next !== undefined && next !== null && next !== '',
  };
}

function kindOfLinks(named: readonly Json[]): FirstPage['links'] {
  if (named.length === 0) return 'empty';
  return named.some((link) => isObject(link)) ? 'href' : 'plain';
}

function parameterOf(probe: Probe, { objects = [] }: FirstPage): [name: string, value: string] {
  if (probe.by === 'page') return ['page', '2'];
  const last = objects.at(-1);
  const key = isObject(last) ? keyOf(last, [probe.field]) : undefined;
  return ['after', key !== undefined && 'id' in key ? decodeURIComponent(key.id) : ''];
}

function withParameter(address: string, name: string, value: string): string {
  const [path = '', query = ''] = address.split(/\?(.*)/s, 2);
  const parameters = new URLSearchParams(query);
  parameters.set(name, value);
  return `${path}?${parameters}`;
}
