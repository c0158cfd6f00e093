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
      // An item is marked as deleted once five walks in a row did not show its object, and stays marked for 90 days.
      // More than 50 deletes in a night, or more than 10 % of the items, are held until an operator approves them.
      deletes: 'fromWalk',
      goneAfter: 5,
      guard: { share: 0.1, most: 50 },
      retainTombstonesFor: 90,
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
      // With activeOnly, a function that ends leaves the list. Its item stays as it is, and the absence is only reported.
      deletes: 'report',
    }),
  ],
});
