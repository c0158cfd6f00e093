/** Several collections with their archive, meetings and a shop, at a low rate and with a separate token server. */
import {
  archivedRelations,
  defineConfig,
  meetingAttendees,
  meetingLocations,
  meetingRegistrations,
  relationCollection,
  webshopOrders,
} from 'procurios-sync';

export default defineConfig({
  environment: 'example-events',
  host: 'https://example.procurios.site',
  tokenUrl: 'https://login.example.com/l/oauth2/token',
  acceptLanguage: 'en-US,en;q=0.9',
  auth: {
    grant: 'clientCredentials',
    scopes: [
      'relation_list_api/relation',
      'relation_archive_api/relations/export',
      'meeting2/read',
      'webshop2/order/read',
    ],
  },
  // One request every two seconds.
  requestsPerSecond: { pull: 0.5 },
  streams: [
    // Before the collections, so that it explains in the same night why a relation left them.
    archivedRelations('archived-relations'),
    // The item of a relation that the archive names is marked as deleted as soon as one walk misses it.
    relationCollection('members', '4d036265-2b90-423e-9e54-867bbe1fd5ef', { archive: 'archived-relations' }),
    // This collection shows the relation's id under another name, by which the archive is asked.
    relationCollection('donors', 'c1d0b7a2-6f0e-4c39-8a55-91e4b6f0d3aa', {
      key: 'relation_id',
      archive: { stream: 'archived-relations', by: 'relation_id' },
    }),
    // This collection shows only the relation number, so no archive can name its relations.
    relationCollection('volunteers', '0b8f5a54-3c8e-4b8e-9f3a-2f2f4b1f7c11', { key: 'relation_number' }),
    meetingRegistrations('registrations'),
    meetingAttendees('spring-fair', { meeting: 42 }),
    meetingLocations('locations'),
    // The query is a window in time, so an order that leaves the list may still exist: absences are only reported.
    webshopOrders('orders', {
      shop: 1,
      query: { dateCreatedFrom: '2025-01-01 00:00:00' },
      deletes: 'report',
    }),
  ],
});
