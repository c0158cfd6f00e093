import { describe, expect, test } from '@jest/globals';
import { MODULES } from '../../../config/catalogue/modules.ts';
import { linkedPages, numberedPages } from '../../../config/catalogue/paging.ts';
import {
  archivedRelations,
  contactMoments,
  emailTracking,
  meetings,
  relationCollection,
  stream,
  webshopOrders,
} from '../../../config/catalogue/streams.ts';
import { checkConfig } from '../../../config/check-config.ts';
import type { StreamInput } from '../../../config/define-config.ts';
import type { Stream } from '../../../lambda/core/pull/stream.ts';

const UUID = '4d036265-2b90-423e-9e54-867bbe1fd5ef';

function checked(...streams: readonly StreamInput[]): readonly Stream[] {
  return checkConfig({
    environment: 'acme',
    host: 'https://acme.example.com',
    auth: { grant: 'clientCredentials', scopes: ['x'] },
    streams,
  }).streams;
}

const deletesOf = (...streams: readonly StreamInput[]) => checked(...streams).map(({ deletes }) => deletes);

describe('what the catalogue does with deletes', () => {
  test('the catalogue marks what is gone, except in lists that only grow or that objects leave by themselves', () => {
    const others = MODULES.map(({ factory, stream: { deletes } }) => [factory, deletes]).filter(
      ([, deletes]) => deletes !== 'fromWalk',
    );

    expect(others).toEqual([
      ['archivedRelations', 'never'],
      ['meetings', 'report'],
      ['emailTracking', 'report'],
      ['emailRecipients', 'report'],
    ]);
  });

  test('every stream of the catalogue passes the check', () => {
    const streams = MODULES.map((module) => module.stream);

    expect(deletesOf(...streams)).toEqual(streams.map(({ deletes }) => deletes));
  });

  test('the catalogue only reports deletes where the config makes that absence proves nothing', () => {
    const since2025 = { query: { dateCreatedFrom: '2025-01-01 00:00:00' } };

    expect(
      deletesOf(
        webshopOrders('orders', { shop: 1, ...since2025 }),
        contactMoments('linked', { paging: linkedPages() }),
        contactMoments('limited', { query: { relationIds: '1,2' }, paging: numberedPages({ first: 0 }) }),
      ),
    ).toEqual(['report', 'report', 'fromWalk']);
  });

  test('a config decides otherwise about any stream of the catalogue', () => {
    expect(
      deletesOf(
        contactMoments('moments', { deletes: 'never' }),
        meetings('meetings', { deletes: 'fromWalk' }),
        emailTracking('emails', { deletes: 'fromWalk' }),
        archivedRelations('archived-relations', { deletes: 'report' }),
      ),
    ).toEqual(['never', 'fromWalk', 'fromWalk', 'report']);
  });

  test('a stream that the catalogue does not have only reports deletes', () => {
    const { name, ...options } = contactMoments('moments');
    const { deletes: _deletes, ...others } = options;

    expect(deletesOf(stream(name, others))).toEqual(['report']);
  });
});

describe('the archive of relations', () => {
  const archivesOf = (...streams: readonly StreamInput[]) =>
    checked(...streams).map(({ archive }) => archive);

  test('relations of collections have the archived relations as their archive, whatever its name and place', () => {
    expect(
      archivesOf(
        relationCollection('members', UUID),
        contactMoments('moments'),
        archivedRelations('gone'),
        relationCollection('donors', '../x?y'),
      ),
    ).toEqual([{ stream: 'gone' }, undefined, undefined, { stream: 'gone' }]);
  });

  test('relations have no archive in a config without archived relations', () => {
    expect(archivesOf(relationCollection('members', UUID))).toEqual([undefined]);
  });

  test('relations with another key have no archive unless the config says which field is their id', () => {
    const archive = { stream: 'gone', by: 'relation_id' };

    expect(
      archivesOf(
        archivedRelations('gone'),
        relationCollection('members', UUID, { key: 'relation_number' }),
        relationCollection('donors', UUID, { key: ['id', 'year'] }),
        relationCollection('volunteers', UUID, { key: 'relation_number', archive }),
      ),
    ).toEqual([undefined, undefined, undefined, archive]);
  });

  test('an archive that the config names is kept, and a stream whose deletes are never judged needs none', () => {
    expect(
      archivesOf(
        archivedRelations('gone'),
        archivedRelations('gone-by-hand'),
        relationCollection('members', UUID, { archive: 'gone-by-hand' }),
        relationCollection('donors', UUID, { deletes: 'report' }),
        relationCollection('volunteers', UUID, { deletes: 'never' }),
      ),
    ).toEqual([undefined, undefined, { stream: 'gone-by-hand' }, { stream: 'gone' }, undefined]);
  });

  test('archived relations with a key of several fields are no archive, because no object is found by them', () => {
    expect(
      archivesOf(
        archivedRelations('gone', { key: ['archived_relation_id', 'archived_on'] }),
        relationCollection('members', UUID),
      ),
    ).toEqual([undefined, undefined]);
  });
});
