/** A pull as a user who consented in a browser: `npx procurios-sync login`, then `npx procurios-sync pull`. */
import { contactMoments, defineConfig, relationCollection } from 'procurios-sync';

export default defineConfig({
  environment: 'user-login',
  host: 'http://127.0.0.1:4010',
  auth: {
    grant: 'authorizationCode',
    // With `openid`, the login also stores who consented.
    scopes: ['openid', 'relation_list_api/relation', 'contact_moment/view'],
    // Procurios documents two dialects. Try 'older' if your environment refuses this one.
    dialect: 'newer',
    // Exactly an address that Procurios registered for your client. The login listens on this one. With an address
    // elsewhere, paste the address that the browser shows in the end.
    redirectUrl: 'http://127.0.0.1:8400/callback',
    // Procurios does not document PKCE. Leave this out if your environment refuses it.
    pkce: true,
  },
  streams: [
    relationCollection('members', '4d036265-2b90-423e-9e54-867bbe1fd5ef'),
    contactMoments('contact-moments'),
  ],
});
