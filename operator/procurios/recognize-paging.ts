import { isObject, type Json, stringifyJson } from '../../lambda/core/json.ts';
import { keyOf } from '../../lambda/core/pull/key.ts';
import type { Paging, Stream } from '../../lambda/core/pull/stream.ts';
import { quoted } from '../quoted.ts';
import { judgeKey } from './judge-key.ts';

/** The first page of a listing, as far as it shows the kind of paging. */
export interface FirstPage {
  /** RFC 6901 pointers to every array in the answer that may be the list of objects. */
  readonly lists: readonly string[];
  /** The objects of the configured list, or else of the only one; undefined if there is no such list. */
  readonly objects: readonly Json[] | undefined;
  /**
   * How `_links` names other pages: in objects with an `href`, as plain texts, or not at all (`empty`). `none` if there is
   * no `_links`.
   */
  readonly links: 'href' | 'plain' | 'empty' | 'none';
  /** Whether `_links` names a next page. */
  readonly hasNext: boolean;
}

/** What a second request asks for: page 2, or the objects after the last one by a field. */
export type Probe = { readonly by: 'page' } | { readonly by: 'after'; readonly field: string };

/** A second request with its answer. It separates kinds of paging whose first pages look the same. */
export interface Probed {
  readonly probe: Probe;
  /** The objects of the answer; `refused` if Procurios refuses the request. */
  readonly objects: readonly Json[] | 'refused';
}

/** What a few answers of a listing show. */
export interface ListingSample {
  readonly page: FirstPage;
  /** The number of the first page, if the config has another one; absent if it is as configured. */
  readonly firstPage?: number;
  /** Undefined if the first page is enough, or if the second request failed for a reason that may pass. */
  readonly probed?: Probed;
}

/** The second request that shows most about a listing; undefined if the first page is enough. */
export function probeFor({ paging }: Pick<Stream, 'paging'>, page: FirstPage): Probe | undefined {
  if (page.objects === undefined || page.objects.length === 0 || namesPages(page)) return undefined;
  const followsLinks = paging.kind === 'hal' || paging.kind === 'linkedPages';
  if (followsLinks && page.links === 'empty') return undefined;
  if (paging.kind !== 'after') return { by: 'page' };
  const last = page.objects.at(-1);
  const hasCursor = isObject(last) && 'id' in keyOf(last, [paging.field]);
  return hasCursor ? { by: 'after', field: paging.field } : { by: 'page' };
}

/** Whether `_links` names other pages. */
export function namesPages({ links }: FirstPage): boolean {
  return links === 'href' || links === 'plain';
}

/** The kinds of paging that a listing may have, as they are written in a config; empty if the sample does not show it. */
export function recognizePaging({ page, firstPage, probed }: ListingSample): string[] {
  if (firstPage !== undefined) return [`numberedPages({ first: ${firstPage} })`];
  if (page.links === 'href') return ['hal()'];
  if (page.links === 'plain') return ['linkedPages()'];
  if (probed === undefined) return [];
  const { probe, objects } = probed;
  // As after an empty page, because some listings refuse the pages past their end.
  if (objects === 'refused') return ['numberedPages()', 'onePage()'];
  const isRepeated = isSamePage(page, objects);
  if (probe.by === 'after') {
    return isRepeated ? ['numberedPages()', 'onePage()'] : [afterText(probe.field)];
  }
  if (isRepeated) {
    const [field] = judgeKey([], page.objects ?? []).candidates;
    return field === undefined ? ['onePage()'] : ['onePage()', afterText(field)];
  }
  return objects.length === 0 ? ['numberedPages()', 'onePage()'] : ['numberedPages()'];
}

function isSamePage(page: FirstPage, objects: readonly Json[]): boolean {
  const [first] = page.objects ?? [];
  const [second] = objects;
  return first !== undefined && second !== undefined && stringifyJson(first) === stringifyJson(second);
}

/** Whether the configured kind may be right: it is among the recognized ones, or none was recognized. */
export function isPossiblePaging(paging: Paging, recognized: readonly string[]): boolean {
  const texts = [pagingText(paging), `${paging.kind}()`];
  return recognized.length === 0 || recognized.some((kind) => texts.includes(kind));
}

/** A paging kind as it is written in a config. */
export function pagingText(paging: Paging): string {
  if (paging.kind === 'after') return afterText(paging.field);
  if (paging.kind === 'numberedPages' && paging.first !== undefined)
    return `numberedPages({ first: ${paging.first} })`;
  if (paging.kind === 'linkedPages' && paging.amount !== undefined)
    return `linkedPages({ amount: ${paging.amount} })`;
  return `${paging.kind}()`;
}

/** @param field - A name that Procurios may have chosen, so it is escaped as text of a config must be. */
function afterText(field: string): string {
  return `after(${quoted(field)})`;
}
