/**
 * What this deployment copies, and what it can change: the one file to edit. Every value below is an example.
 *
 * The client's id and secret are not in here. They are in AWS Secrets Manager, under
 * `procurios-sync/<environment>/client`, as {"clientId": "…", "clientSecret": "…"}.
 */

import {
  archivedRelations,
  campaigns,
  channels,
  contactMoments,
  defineConfig,
  engagementAction,
  engagementActions,
  meetingRegistration,
  meetingRegistrations,
  registration,
  relationCollection,
} from 'procurios-sync';

export default defineConfig({
  // Names the tables and the secret: procurios-sync-example-members, procurios-sync/example/client.
  environment: 'example',

  // Where your Procurios environment is. Tokens come from /l/oauth2/token on the same host, unless `tokenUrl`
  // names another address.
  host: 'https://example.procurios.site',

  // What Procurios has granted your client: a scope for every module below. The catalogue says which.
  auth: {
    grant: 'clientCredentials',
    scopes: [
      'relation_list_api/relation',
      'relation_archive_api/relations/export',
      'contact_moment/view',
      'meeting2/read',
      'engagement/read',
      'profile/registration/42',
      'meeting2/register',
    ],
  },

  // The language of titles, as a browser would ask for it.
  acceptLanguage: 'nl-NL,nl;q=0.9,en;q=0.5',

  // Your shares of the rate that you agreed with Procurios.
  requestsPerSecond: { pull: 8, push: 2 },

  // When pulls start, in the way of EventBridge Scheduler: minutes, hours, day of the month, month, day of the week (one of
  // the two days is a ?), year. Without a complete pull for that many hours an alarm is raised.
  schedule: { cron: '0 4 * * ? *', timeZone: 'Europe/Amsterdam', expectWithinHours: 26 },

  // One table per stream. config/catalogue/streams.ts has all modules that are known, with what is certain about
  // each; examples/generic-stream.config.ts shows how to copy one that is not.
  streams: [
    // The second argument is the collection's id in Procurios. A collection has the fields that were configured for
    // it: make sure that the key is one of them.
    relationCollection('members', '4d036265-2b90-423e-9e54-867bbe1fd5ef', { key: 'id' }),
    archivedRelations('archived-relations'),
    contactMoments('contact-moments'),
    meetingRegistrations('meeting-registrations'),
    engagementActions('engagement-actions'),
    campaigns('campaigns'),
    channels('channels'),
  ],

  // What a queued change can be: it names one of these, and fills in what stands in braces in its path.
  // config/catalogue/operations.ts has all writes that are known; operation(method, path, { … }) makes others.
  operations: {
    // {"operation": "register", "body": {"first_name": "Ada", …}, …}
    register: registration({ set: 42 }),
    // {"operation": "signUp", "parameters": {"meeting": 11}, "body": {"relationId": 99}, …}
    signUp: meetingRegistration(),
    addAction: engagementAction(),
  },
});
