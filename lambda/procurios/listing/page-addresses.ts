import type { Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';

/** The parameter with the page's number. */
const PAGE_PARAMETER = /([?&]page=)(\d{1,9})(?=&|$)/;

/** Path and query of the page at a position; a link to another origin stays absolute. */
export function addressOf({ path, query, paging }: Stream, position: Position): string {
  if (position.link !== undefined) return position.link;
  const parameters = new URLSearchParams(query);
  if (paging.kind === 'numberedPages') {
    parameters.set('page', String(position.page - 1 + (paging.first ?? 1)));
  }
  if (paging.kind === 'after' && position.after !== undefined) parameters.set('after', position.after);
  if (paging.kind === 'linkedPages' && paging.amount !== undefined) {
    parameters.set('amount', String(paging.amount));
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

/** The page's number in an address; undefined if it has none. */
export function pageNumberIn(address: string): number | undefined {
  const digits = PAGE_PARAMETER.exec(address)?.[2];
  return digits === undefined ? undefined : Number(digits);
}

/** The same address with another page's number. The rest stays as Procurios wrote it. */
export function withPageNumber(address: string, page: number): string {
  return address.replace(PAGE_PARAMETER, `$1${page}`);
}

/** Equal for two addresses of the same page, even if the order or the escaping of their parameters differs. */
export function sameness(address: string): string {
  const { path, parameters } = partsOf(address);
  return JSON.stringify([path, ...parameters]);
}

/** Equal for two pages of the same listing, as {@link sameness}. */
export function samenessOfListing(address: string): string {
  const { path, parameters } = partsOf(address);
  return JSON.stringify([path, ...parameters.filter(([name]) => name !== 'page')]);
}

function partsOf(address: string): { path: string; parameters: [string, string][] } {
  const [path = '', query = ''] = address.split(/\?(.*)/s, 2);
  return { path, parameters: [...new URLSearchParams(query)].sort() };
}
