/** Pulls as a user who consented in a browser: `npx procurios-sync login`, then `pull`. */
import { contactMoments, defineConfig, relationCollection } from 'procurios-sync';

export default defineConfig({
  environment: 'user-login',
  host: 'http://127.0.0.1:4010',
  auth: {
    grant: 'authorizationCode',
    // With `openid` it is kept who consented.
    scopes: ['openid', 'relation_list_api/relation', 'contact_moment/view'],
    // Which of the vendor's two pages your environment follows: try the other one where it does not understand.
    dialect: 'newer',
    // Letter by letter one of those that Procurios has registered for your client. This one is listened to; any other
    // works as well: the address that the browser ends at is then pasted.
    redirectUrl: 'http://127.0.0.1:8400/callback',
    // Where your environment knows PKCE, which the vendor does not say.
    pkce: true,
  },
  streams: [
    relationCollection('members', '4d036265-2b90-423e-9e54-867bbe1fd5ef'),
    contactMoments('contact-moments'),
  ],
});
