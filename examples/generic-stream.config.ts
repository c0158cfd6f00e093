/** How to copy modules that the catalogue does not have, such as those that Procurios made for a single customer. */
import { defineConfig, numberedPages, onePage, stream } from 'procurios-sync';

export default defineConfig({
  environment: 'example',
  host: 'https://example.procurios.site',
  auth: { grant: 'clientCredentials', scopes: ['example_custom'] },
  streams: [
    // Answers [{"id": 1, …}, …] for page=1, 2, … until a page is empty.
    stream('selections', {
      path: '/l/example_api/selection',
      mediaType: 'application/vnd.procurios.example_custom+json; version=1',
      objects: '',
      key: 'id',
      paging: numberedPages(),
    }),
    // Answers {"functions": [{"relation": 99, "department": 7, "checkedAt": "…", …}, …]}, on one page.
    stream('functions', {
      path: '/l/example_api/function',
      query: { activeOnly: 1 },
      mediaType: 'application/vnd.procurios.example_custom+json; version=1',
      objects: '/functions',
      // Only both fields together identify an object.
      key: ['relation', 'department'],
      paging: onePage(),
      // This field changes with every request, which alone is no reason to write the item again.
      ignoreChangesIn: ['checkedAt'],
    }),
  ],
});
