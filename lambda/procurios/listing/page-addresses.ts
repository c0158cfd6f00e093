import type { Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';

/** The one place in an address where a page's number stands. */
const PAGE_PARAMETER = /([?&]page=)(\d{1,9})(?=&|$)/;

/** Path and query of the page at a position; a link of another origin is left whole. */
export function addressOf({ path, query, paging }: Stream, position: Position): string {
  if (position.link !== undefined) return position.link;
  const parameters = new URLSearchParams(query);
  if (paging.kind === 'numberedPages') parameters.set('page', String(position.page));
  if (paging.kind === 'after' && position.after !== undefined) parameters.set('after', position.after);
  if (paging.kind === 'linkedPages' && paging.amount !== undefined) {
    parameters.set('amount', String(paging.amount));
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

/** The page's number that an address names; undefined where it names none. */
export function pageNumberIn(address: string): number | undefined {
  const digits = PAGE_PARAMETER.exec(address)?.[2];
  return digits === undefined ? undefined : Number(digits);
}

/** The same address with another page's number, everything else as the other side wrote it. */
export function withPageNumber(address: string, page: number): string {
  return address.replace(PAGE_PARAMETER, `$1${page}`);
}

/** Equal for two addresses that ask for the same: the order of parameters and the way they are escaped aside. */
export function sameness(address: string): string {
  const { path, parameters } = partsOf(address);
  return JSON.stringify([path, ...parameters]);
}

/** As {@link sameness}, for two pages of the same listing. */
export function samenessOfListing(address: string): string {
  const { path, parameters } = partsOf(address);
  return JSON.stringify([path, ...parameters.filter(([name]) => name !== 'page')]);
}

function partsOf(address: string): { path: string; parameters: [string, string][] } {
  const [path = '', query = ''] = address.split(/\?(.*)/s, 2);
  return { path, parameters: [...new URLSearchParams(query)].sort() };
}
