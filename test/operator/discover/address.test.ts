import { expect, test } from '@jest/globals';
import { originOf } from '../../../operator/discover/address.ts';

test.each([
  ['https://acme.procurios.site', 'https://acme.procurios.site'],
  [' https://acme.procurios.site/ ', 'https://acme.procurios.site'],
  ['acme.procurios.site', 'https://acme.procurios.site'],
  ['acme.procurios.site:8443/', 'https://acme.procurios.site:8443'],
  ['https://zoë.example', 'https://xn--zo-ija.example'],
  ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
])('originOf() reads %s as %s', (text, origin) => {
  expect(originOf(text)).toBe(origin);
});

test.each([
  'acme',
  'http://acme.procurios.site',
  'https://acme.procurios.site/l/admin',
  'acme.procurios.site/l/admin',
  'https://me:secret@acme.procurios.site',
  'me@acme.procurios.site',
  'javascript:x.y',
  'https://acme.procurios.site?x=1',
  '',
])('originOf() returns undefined for %s', (text) => {
  expect(originOf(text)).toBeUndefined();
});
