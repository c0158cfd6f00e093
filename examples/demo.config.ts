/** What `npm start` copies from the simulator: every kind of paging once or more. */
import {
  archivedRelations,
  channels,
  contactMoments,
  emailTracking,
  meetingRegistrations,
  relationCollection,
  webshopOrders,
} from '../lambda/config/catalogue.ts';
import { defineConfig } from '../lambda/config/define-config.ts';

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
    ],
  },
  requestsPerSecond: { pull: 200 },
  streams: [
    relationCollection('members', MEMBERS),
    archivedRelations('archived-relations'),
    contactMoments('contact-moments'),
    meetingRegistrations('meeting-registrations'),
    emailTracking('emails'),
    channels('channels'),
    webshopOrders('orders', { shop: 1 }),
  ],
});
