/** How to copy a module that the catalogue does not have, such as one that was made for a single customer. */

import { defineConfig, numberedPages, onePage, stream } from 'procurios-sync';

export default defineConfig({
  environment: 'example',
  host: 'https://example.procurios.site',
  auth: { grant: 'clientCredentials', scopes: ['example_custom'] },
  streams: [
    // Answers [{"id": 1, …}, …]; page=1, 2, … until one is empty.
    stream('selections', {
      path: '/l/example_api/selection',
      mediaType: 'application/vnd.procurios.example_custom+json; version=1',
      objects: '',
      key: 'id',
      paging: numberedPages(),
    }),
    // Answers {"functions": [{"relation": 99, "department": 7, "checkedAt": "…", …}, …]}, all at once.
    stream('functions', {
      path: '/l/example_api/function',
      query: { activeOnly: 1 },
      mediaType: 'application/vnd.procurios.example_custom+json; version=1',
      objects: '/functions',
      // One field alone does not tell these apart.
      key: ['relation', 'department'],
      paging: onePage(),
      // Changes at every request, which is no reason to write the item anew.
      ignoreChangesIn: ['checkedAt'],
    }),
  ],
});
