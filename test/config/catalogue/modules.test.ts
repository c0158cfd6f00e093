import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { CATALOGUE_SCOPES, MODULES, scopesFor, usualMediaType } from '../../../config/catalogue/modules.ts';
import * as catalogue from '../../../config/catalogue/streams.ts';

test('MODULES has every listing of the catalogue once', () => {
  const { stream: _generic, ...listings } = catalogue;

  expect(MODULES.map(({ factory }) => factory).toSorted()).toEqual(Object.keys(listings).toSorted());
});

test('the scopes are those that the catalogue’s docstrings name', async () => {
  const files = ['streams.ts', 'meetings.ts', 'operations.ts'];
  const texts = await Promise.all(
    files.map((file) => readFile(new URL(`../../../config/catalogue/${file}`, import.meta.url), 'utf8')),
  );
  const named = texts
    .join('\n')
    .replaceAll(/\n \* /g, ' ')
    .matchAll(/(?:scope(?: \(|,)?|be|schema,) `(\w+\/[\w/]+)`/g);

  expect(CATALOGUE_SCOPES.toSorted()).toEqual([...new Set([...named].map(([, scope]) => scope))].toSorted());
});

test.each([
  ['/l/relation_list_api/collection/4d036265-2b90-423e-9e54-867bbe1fd5ef', ['relation_list_api/relation']],
  ['/l/profile_api/registrationset/42/registration', ['profile/registration', 'profile/registration/42']],
  ['/l/profile_api/profileset/42/{relation}', ['profile/profile']],
  ['/l/meeting2_api/meetings/registration', ['meeting2/read']],
  ['/l/meeting2_api/meetings/11/attendees', ['meeting2/read']],
  ['/l/meeting2_api/meetings/{meeting}/registration', ['meeting2/register']],
  ['/l/meeting2_api/meetings/{meeting}/attendees/{relation}/presence', ['meeting2/presence/write']],
  ['/l/webshop2_api/webshops/3/orders', ['webshop2/order/read']],
  ['/l/webshop2_api/webshops/3/products/{product}', ['webshop2/product/write']],
  ['/l/engagement_api/action', ['engagement/read']],
  ['/l/module_api/object', []],
])('the path %s needs one of %j', (path, scopes) => {
  expect(scopesFor(path)).toEqual(scopes);
});

test.each([
  ['/l/meeting2_api/meetings', 'application/vnd.procurios.meeting2+json; version=2'],
  ['/l/meeting2_api/meetings/registration', 'application/vnd.procurios.meeting2+json; version=1'],
  ['/l/email_api/tracking/31485/recipients', 'application/vnd.procurios.emailtracking+json; version=1'],
  ['/l/module_api/object', undefined],
])('the path %s usually has the media type %s', (path, mediaType) => {
  expect(usualMediaType(path)).toBe(mediaType);
});
