import { FIRST_ID, listBytes } from './pages.ts';
import { type Answer, serve } from './serving.ts';

/** The properties of a listing, which are in the query. */
interface Listing {
  readonly objects: number;
  readonly perPage: number;
  readonly revision: number;
  readonly revisedEvery: number;
  readonly kilobytes: number;
}

let pageLatencyMs = 0;

process.on('message', (latencyMs: number) => {
  pageLatencyMs = latencyMs;
  process.send?.('done');
});

/** Path that accepts any write. */
const WRITE = '/l/bench_api/write';

serve(({ url = '/' }) => {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (pathname === '/l/oauth2/token') return TOKEN;
  if (pathname === WRITE) return { contentType: 'application/json', body: '{}', latencyMs: pageLatencyMs };
  const listing = {
    objects: Number(searchParams.get('objects')),
    perPage: Number(searchParams.get('perPage')),
    revision: Number(searchParams.get('revision')),
    revisedEvery: Number(searchParams.get('revisedEvery')),
    kilobytes: Number(searchParams.get('kilobytes')),
  };
  return {
    contentType: 'application/vnd.procurios.relation+json; version=1',
    body: bodyOf(pathname, searchParams, listing),
    latencyMs: pageLatencyMs,
  };
});

/** Without latency, because each script requests a single token for any number of objects. */
const TOKEN: Answer = {
  contentType: 'application/json',
  body: '{"access_token":"bench-token","token_type":"Bearer","expires_in":3600}',
  latencyMs: 0,
};

function bodyOf(pathname: string, query: URLSearchParams, listing: Listing): Buffer {
  const page = Number(query.get('page') ?? '1');
  switch (pathname) {
    case '/l/bench_api/after': {
      const after = Number(query.get('after') ?? FIRST_ID - 1);
      return wrap('{"relations":', list(after - FIRST_ID + 1, listing), '}');
    }
    case '/l/bench_api/numbered-pages':
      return list((page - 1) * listing.perPage, listing);
    default: {
      const objects = list((page - 1) * listing.perPage, listing);
      return wrap(`{${links(pathname, page, listing)},"_embedded":{"relations":`, objects, '}}');
    }
  }
}

function list(from: number, { objects, perPage, ...revised }: Listing): Buffer {
  const count = Math.max(0, Math.min(perPage, objects - from));
  return listBytes({ from, count, ...revised });
}

function links(pathname: string, page: number, listing: Listing): string {
  const last = Math.ceil(listing.objects / listing.perPage);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(listing)) query.set(name, String(value));
  const link = (name: string, number: number) => `"${name}":{"href":"${pathname}?${query}&page=${number}"}`;
  const next = page < last ? `,${link('next', page + 1)}` : '';
  return `"_links":{${link('self', page)},${link('first', 1)},${link('last', last)}${next}}`;
}

function wrap(before: string, list: Buffer, after: string): Buffer {
  return Buffer.concat([Buffer.from(before), list, Buffer.from(after)]);
}
