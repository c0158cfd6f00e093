import { hash } from 'node:crypto';
import type { Stream } from '../pull/stream.ts';

/** As whom, and from where, a stream is read. */
export interface Access {
  /** Origin of the Procurios environment. */
  readonly host: string;
  readonly grant: 'clientCredentials' | 'authorizationCode';
  readonly clientId: string;
  /** The user who consented, or the login if the user is not known; absent if the client reads for itself. */
  readonly user?: string;
  /** The scopes of the token, as granted. */
  readonly scopes: readonly string[];
}

/** What a listing's answers depend on besides the data. Plain JSON. */
export interface Sight {
  /** A digest of everything but the scopes, 16 hexadecimal digits. */
  readonly digest: string;
  /** Sorted. */
  readonly scopes: readonly string[];
}

/** The part of a stream's definition on which answers depend. Fields that are ignored in comparisons are no part of it. */
export type SightedStream = Pick<Stream, 'path' | 'query' | 'mediaType' | 'objects' | 'key' | 'paging'>;

export function sightOf(stream: SightedStream, { host, grant, clientId, user, scopes }: Access): Sight {
  const { path, query, mediaType, objects, key, paging } = stream;
  // A listing that is read from page 2 on shows fewer objects; a page's size and the number of pages ahead change nothing.
  const readPaging = [paging.kind, paging.kind === 'numberedPages' ? (paging.first ?? 1) : 1];
  const definition = [path, Object.entries(query).sort(), mediaType, objects, key, readPaging];
  const digest = hash('sha256', JSON.stringify([definition, host, grant, clientId, user]), 'hex');
  return { digest: digest.slice(0, 16), scopes: [...new Set(scopes)].sort() };
}

/**
 * Whether an object may be unseen because the listing is read in another way than before. More scopes show no less, so they change
 * nothing; fewer scopes do.
 */
export function hasChanged(before: Sight, now: Sight): boolean {
  return before.digest !== now.digest || before.scopes.some((scope) => !now.scopes.includes(scope));
}
