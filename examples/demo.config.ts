/** What `npm start` pulls from the simulator, with every kind of paging and of evidence for deletes, and the changes that it pushes. */
import {
  archivedRelations,
  attendeePresence,
  channels,
  defineConfig,
  emailTracking,
  engagementAction,
  operation,
  registration,
  relationCollection,
  webshopOrders,
} from 'procurios-sync';

/** The collection with all of the simulator's relations. */
const MEMBERS = '4d036265-2b90-423e-9e54-867bbe1fd5ef';

export default defineConfig({
  environment: 'demo',
  host: 'http://127.0.0.1:4010',
  auth: {
    grant: 'clientCredentials',
    scopes: [
      'relation_list_api/relation',
      'relation_archive_api/relations/export',
      'email/tracking',
      'engagement/read',
      'webshop2/order/read',
      'profile/registration',
      'meeting2/presence/write',
      'profile',
    ],
  },
  requestsPerSecond: { pull: 200, push: 50 },
  streams: [
    // Before the members, because an archive that is up to date explains in the same night who left them.
    archivedRelations('archived-relations'),
    // The item of a member whom the archive names is marked as deleted at once, that of another who left after three walks.
    relationCollection('members', MEMBERS, { archive: 'archived-relations' }),
    emailTracking('emails'),
    // Two walks in place of three are enough for a list that is one answer.
    channels('channels', { goneAfter: 2 }),
    webshopOrders('orders', { shop: 1 }),
  ],
  operations: {
    // Registers a new member, whose relation the next pull fetches.
    register: registration({ set: 42 }),
    addAction: engagementAction(),
    checkIn: attendeePresence(),
    createThing: operation('POST', '/l/module_api/object', {
      mediaType: 'application/vnd.procurios.application+json; version=1',
      ids: { id: '/id' },
    }),
  },
});
