import { failureAbout } from '../../core/errors.ts';
import { isObject, type Json } from '../../core/json.ts';
import { resolveLink } from '../http/call.ts';
import { isEmptyValue } from '../http/reported-error.ts';

/** The most characters of a link. Longer ones fit neither into a request's header nor into the state table's rows. */
const LONGEST_LINK = 8_000;

/** An answer's `_links`; undefined if it has none. */
export function linksOf(answer: Json): Json | undefined {
  return isObject(answer) ? answer._links : undefined;
}

/**
 * The link of this name in an answer's `_links`.
 *
 * @param isHal - Whether links are objects with an `href`; otherwise they are plain texts.
 * @returns Undefined if the answer has no such link: it is absent, `null`, `false`, or an empty text, list or map.
 * @throws {SyncError} `RESPONSE_INVALID` if the link is of another shape, or too long.
 */
export function readLink(links: Json, name: string, isHal: boolean, about: string): string | undefined {
  const link = isObject(links) && Object.hasOwn(links, name) ? links[name] : undefined;
  if (isNone(link)) return undefined;
  const value = isHal && isObject(link) ? link.href : link;
  if (isNone(value)) return undefined;
  const field = isHal ? `_links.${name}.href` : `_links.${name}`;
  if (typeof value !== 'string' || isHal !== isObject(link)) {
    throw failureAbout('RESPONSE_INVALID', about, `${field} is not as expected: a text`);
  }
  if (value.length > LONGEST_LINK) {
    const what = `${field} has ${value.length} characters; expected at most ${LONGEST_LINK}`;
    throw failureAbout('RESPONSE_INVALID', about, what);
  }
  return value;
}

/** Whether `_links` names a next page, in either shape. */
export function namesNextPage(answer: Json): boolean {
  const links = linksOf(answer);
  const next = isObject(links) && Object.hasOwn(links, 'next') ? links.next : undefined;
  return typeof next === 'string'
    ? next !== ''
    : isObject(next) && typeof next.href === 'string' && next.href !== '';
}

/** What PHP writes where there is no link. A 0 is not such a value. */
function isNone(value: Json | undefined): boolean {
  return value !== 0 && isEmptyValue(value);
}

/** Resolves a link against its page. A link to another origin stays absolute, and the client refuses it. */
export function onHost(link: string, address: string, origin: string, about: string): string {
  const url = resolveLink(link, new URL(address, origin).href, origin);
  if (url === null) throw failureAbout('RESPONSE_INVALID', about, '_links.next is not an address');
  return url.origin === origin && url.username === '' ? `${url.pathname}${url.search}` : url.href;
}
