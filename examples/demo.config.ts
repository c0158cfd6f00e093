/** What `npm start` pulls from the simulator, with every kind of paging, and the changes that it pushes to it. */
import {
  archivedRelations,
  attendeePresence,
  channels,
  contactMoments,
  defineConfig,
  emailTracking,
  engagementAction,
  meetingRegistrations,
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
      'contact_moment/view',
      'meeting2/read',
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
    relationCollection('members', MEMBERS),
    archivedRelations('archived-relations'),
    contactMoments('contact-moments'),
    meetingRegistrations('meeting-registrations'),
    emailTracking('emails'),
    channels('channels'),
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
