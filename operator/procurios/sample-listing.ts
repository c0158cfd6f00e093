import { SyncError } from '../../lambda/core/errors.ts';
import { isObject, type Json, stringifyJson } from '../../lambda/core/json.ts';
import { keyOf } from '../../lambda/core/pull/key.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import type { Client } from '../../lambda/procurios/http/client.ts';
import { candidatesIn, listsIn } from '../../lambda/procurios/listing/object-list.ts';
import { addressOf } from '../../lambda/procurios/listing/page-addresses.ts';
import { valueAt } from '../../lambda/procurios/listing/pointer.ts';
import { type FirstPage, type ListingSample, namesPages, type Probe, probeFor } from './recognize-paging.ts';

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
  const firstPage = await otherFirstPage(stream, page, async (address) =>
    readList(list, await read(address, 1)),
  );
  if (firstPage !== undefined) return { page, firstPage };
  const probe = probeFor(stream, page);
  if (probe === undefined || list === undefined) return { page };
  const path = withParameter(first, ...parameterOf(stream, probe, page));
  try {
    return { page, probed: { probe, objects: readList(list, await read(path, 2)) } };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    // Another failure may pass, and says nothing about the paging.
    const { status } = error.detail;
    return status === 400 || status === 404 ? { page, probed: { probe, objects: 'refused' } } : { page };
  }
}

function readList(list: string | undefined, answer: Json): readonly Json[] {
  const objects = list === undefined ? undefined : valueAt(list, answer);
  return Array.isArray(objects) ? objects : [];
}

/**
 * The number of a numbered listing's first page, if that is another one than the config says. The first page is what Procurios
 * answers with if no page is requested.
 *
 * @returns Undefined if the config is right, or if the answers do not show it.
 */
async function otherFirstPage(
  stream: Stream,
  page: FirstPage,
  readAt: (address: string) => Promise<readonly Json[]>,
): Promise<number | undefined> {
  const { paging } = stream;
  if (paging.kind !== 'numberedPages' || page.objects === undefined || namesPages(page)) return undefined;
  const other = 1 - (paging.first ?? 1);
  const isOf = (objects: readonly Json[], others: readonly Json[]) =>
    stringifyJson(objects) === stringifyJson(others);
  try {
    const withoutNumber = await readAt(addressOf({ ...stream, paging: { kind: 'onePage' } }, { page: 1 }));
    if (withoutNumber.length === 0 || isOf(withoutNumber, page.objects)) return undefined;
    const atOther = await readAt(addressOf({ ...stream, paging: { ...paging, first: other } }, { page: 1 }));
    return isOf(withoutNumber, atOther) ? other : undefined;
  } catch (error) {
    if (error instanceof SyncError) return undefined;
    throw error;
  }
}

/** A pointer to the list of objects; undefined if it is not where the config says, or if there is not exactly one list. */
function listOf({ objects, key }: Stream, answer: Json): string | undefined {
  if (objects !== undefined) return Array.isArray(valueAt(objects, answer)) ? objects : undefined;
  const lists = candidatesIn(answer, key);
  const areEmpty = lists.every((list) => readList(list, answer).length === 0);
  // Where all lists are empty, the page has no objects, whichever it is.
  return lists.length === 1 || areEmpty ? lists[0] : undefined;
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

function parameterOf(
  { paging }: Stream,
  probe: Probe,
  { objects = [] }: FirstPage,
): [name: string, value: string] {
  const { first = 1 } = paging.kind === 'numberedPages' ? paging : {};
  if (probe.by === 'page') return ['page', String(first + 1)];
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
