/**
 * The one file to edit: what this deployment copies from Procurios, and what it can change there. All values are examples.
 *
 * The client's id and secret are not in this file. They are in AWS Secrets Manager, in the secret
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
  // Part of all names in AWS: the table procurios-sync-example-members, the secret procurios-sync/example/client.
  environment: 'example',

  // The region in which the stack is deployed. Members' data stay there.
  region: 'eu-west-1',

  // The address of your Procurios environment. Tokens come from /l/oauth2/token on the same host, unless `tokenUrl`
  // names another address.
  host: 'https://example.procurios.site',

  // The scopes that Procurios granted to your client. Each stream and operation below needs one: its documentation
  // in the editor says which.
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

  // The language of titles, as a browser asks for it.
  acceptLanguage: 'nl-NL,nl;q=0.9,en;q=0.5',

  // Requests per second for pulling and for pushing. Together they are the rate that you agreed with Procurios.
  requestsPerSecond: { pull: 8, push: 2 },

  // When pulls start, as a cron expression of EventBridge Scheduler: minutes, hours, day of the month, month, day of
  // the week, year; one of the two days is a ?. After `expectWithinHours` without a complete pull an alarm is raised.
  schedule: { cron: '0 4 * * ? *', timeZone: 'Europe/Amsterdam', expectWithinHours: 26 },

  // One table per stream. config/catalogue/streams.ts has the modules that are known, and says how certain each is.
  // examples/generic-stream.config.ts shows how to copy another module. `deletes` decides about the items of objects
  // that a list no longer shows; docs/configuration.md has its values, and config/catalogue/ says which each list has.
  streams: [
    // The second argument is the collection's id in Procurios. The key has to be one of the fields that the collection
    // is configured to show. The archive names relations that left the collection because they were archived or merged.
    relationCollection('members', '4d036265-2b90-423e-9e54-867bbe1fd5ef', {
      key: 'id',
      deletes: 'fromWalk',
      archive: 'archived-relations',
    }),
    archivedRelations('archived-relations'),
    contactMoments('contact-moments'),
    meetingRegistrations('meeting-registrations'),
    engagementActions('engagement-actions'),
    campaigns('campaigns'),
    channels('channels'),
  ],

  // The writes that queued changes may ask for, by name. A change gives values for the names in braces in the path.
  // config/catalogue/operations.ts has the writes that are known; operation(method, path, { … }) makes others.
  operations: {
    // {"operation": "register", "body": {"first_name": "Ada", …}, …}
    register: registration({ set: 42 }),
    // {"operation": "signUp", "parameters": {"meeting": 11}, "body": {"relationId": 99}, …}
    signUp: meetingRegistration(),
    addAction: engagementAction(),
  },
});
