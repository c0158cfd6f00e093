import { expect, test } from '@jest/globals';
import { resolveLink } from '../../../../lambda/procurios/http/call.ts';
import { readPage } from '../../../../lambda/procurios/listing/paging.ts';
import { streamOf } from '../../../support/streams.ts';

const ORIGIN = 'https://acme.procurios.site';

test.each([
  ['http://acme.procurios.site/l/x?page=2', `${ORIGIN}/l/x?page=2`],
  ['http://acme.procurios.site:80/l/x', `${ORIGIN}/l/x`],
  ['/l/x?page=2', `${ORIGIN}/l/x?page=2`],
  // Another server may listen there, so these stay as they are, and the client refuses them.
  ['http://acme.procurios.site:8080/l/x', 'http://acme.procurios.site:8080/l/x'],
  ['http://evil.example.com/l/x', 'http://evil.example.com/l/x'],
])('a link %s on a host with https is read as %s', (link, address) => {
  expect(resolveLink(link, ORIGIN, ORIGIN)?.href).toBe(address);
});

test('a link to http on a host without https stays as it is', () => {
  const origin = 'http://127.0.0.1:8080';

  expect(resolveLink(`${origin}/l/x`, origin, origin)?.href).toBe(`${origin}/l/x`);
});

test('a listing whose links name http continues on https', () => {
  const answer = {
    things: [{ id: 1 }],
    _links: { next: { href: 'http://acme.procurios.site/l/things_api/thing?page=2' } },
  };

  const page = readPage({
    stream: streamOf(),
    position: { page: 1 },
    answer,
    origin: ORIGIN,
    about: 'stream things, page 1',
  });

  expect(page.next?.link).toBe('/l/things_api/thing?page=2');
});
