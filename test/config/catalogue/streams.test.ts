import { describe, expect, test } from '@jest/globals';
import { onePage } from '../../../config/catalogue/paging.ts';
import * as catalogue from '../../../config/catalogue/streams.ts';
import { checkConfig } from '../../../config/check-config.ts';
import type { StreamInput } from '../../../config/define-config.ts';

const UUID = '4d036265-2b90-423e-9e54-867bbe1fd5ef';

/** Path, type and version, pointer, key and paging, as Procurios documents them. */
const DOCUMENTED: [StreamInput, string, string, string | undefined, string, string][] = [
  [
    catalogue.relationCollection('s', UUID),
    `/l/relation_list_api/collection/${UUID}`,
    'relation 1',
    undefined,
    'id',
    'hal',
  ],
  [
    catalogue.archivedRelations('s'),
    '/l/relation_archive_api/relations/export',
    'archived_relations 1',
    '/relations',
    'archived_relation_id',
    'linkedPages',
  ],
  [catalogue.profileSets('s'), '/l/profile_api/profileset', 'profile 1', '/profileSet', 'id', 'onePage'],
  [
    catalogue.registrationSets('s'),
    '/l/profile_api/registrationset',
    'profile 1',
    '/registrationSet',
    'id',
    'onePage',
  ],
  [catalogue.meetings('s'), '/l/meeting2_api/meetings', 'meeting2 2', undefined, 'id', 'numberedPages'],
  [
    catalogue.meetingRegistrations('s'),
    '/l/meeting2_api/meetings/registration',
    'meeting2 1',
    '/registrations',
    'registrationId',
    'numberedPages',
  ],
  [
    catalogue.meetingAttendees('s', { meeting: 11 }),
    '/l/meeting2_api/meetings/11/attendees',
    'meeting2 1',
    '/attendees',
    'relation_id',
    'onePage',
  ],
  [catalogue.meetingLocations('s'), '/l/meeting2_api/location', 'meeting2 1', '/locations', 'id', 'onePage'],
  [
    catalogue.contactMoments('s'),
    '/l/contact_moment_api/contact_moment',
    'contact_moment 1',
    '',
    'id',
    'numberedPages',
  ],
  [catalogue.engagementActions('s'), '/l/engagement_api/action', 'engagement 1', '', 'code', 'numberedPages'],
  [catalogue.campaigns('s'), '/l/engagement_api/campaign', 'engagement 1', '', 'campaignId', 'numberedPages'],
  [catalogue.channels('s'), '/l/engagement_api/channel', 'engagement 1', '', 'channelId', 'onePage'],
  [
    catalogue.emailTracking('s'),
    '/l/email_api/tracking/emails',
    'emailtracking 1',
    '/emails',
    'trackingId',
    'after',
  ],
  [
    catalogue.emailRecipients('s', { email: 31485 }),
    '/l/email_api/tracking/31485/recipients',
    'emailtracking 1',
    undefined,
    'trackingCode',
    'after',
  ],
  [catalogue.pledges('s'), '/l/fundraising_api/pledge/export', 'fundraising 1', '', 'id', 'numberedPages'],
  [
    catalogue.webshopOrders('s', { shop: 1 }),
    '/l/webshop2_api/webshops/1/orders',
    'webshop 1',
    '',
    'orderId',
    'numberedPages',
  ],
];

function checked(stream: StreamInput) {
  return checkConfig({
    environment: 'acme',
    host: 'https://acme.example.com',
    auth: { grant: 'clientCredentials', scopes: ['x'] },
    streams: [stream],
  }).streams[0];
}

describe('the catalogue of streams', () => {
  test.each(DOCUMENTED)('stream %# is as documented', (stream, path, type, objects, key, kind) => {
    const [name, version] = type.split(' ');

    expect(checked(stream)).toMatchObject({
      path,
      mediaType: `application/vnd.procurios.${name}+json; version=${version}`,
      key: [key],
      paging: { kind },
    });
    expect(checked(stream)?.objects).toBe(objects);
  });

  test('every stream of the catalogue is in the table above', () => {
    const functions = Object.keys(catalogue).filter((name) => name !== 'stream');

    expect(functions).toHaveLength(DOCUMENTED.length);
  });

  test('options replace those of every stream in the catalogue', () => {
    const overrides = {
      key: ['a', 'b'],
      objects: '/things',
      mediaType: 'application/json',
      query: { x: 1 },
      ignoreChangesIn: ['c'],
      paging: onePage(),
    };
    const { stream: _generic, relationCollection, ...others } = catalogue;
    const ids = { meeting: 1, email: 1, shop: 1 };

    const streams = [
      relationCollection('s', UUID, overrides),
      ...Object.values(others).map((entry) => {
        const { meeting, email, shop, ...made } = entry('s', { ...overrides, ...ids }) as StreamInput &
          typeof ids;
        return made;
      }),
    ];

    expect(streams).toHaveLength(DOCUMENTED.length);
    for (const made of streams) {
      expect(made).toMatchObject(overrides);
    }
  });

  test('archivedRelations() asks for the largest pages of the archive', () => {
    expect(catalogue.archivedRelations('s').paging).toEqual({ kind: 'linkedPages', amount: 1000 });
  });

  test('an id cannot leave its part of the path', () => {
    expect(catalogue.relationCollection('s', '../x?y').path).toBe(
      '/l/relation_list_api/collection/..%2Fx%3Fy',
    );
  });
});
