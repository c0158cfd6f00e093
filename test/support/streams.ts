import type { Stream } from '../../lambda/core/pull/stream.ts';

/** A stream for tests that are about something else; `id` is its key. */
export function streamOf(overrides: Partial<Stream> = {}): Stream {
  return {
    name: 'things',
    path: '/l/things_api/thing',
    query: {},
    mediaType: 'application/vnd.procurios.things+json; version=1',
    key: ['id'],
    paging: { kind: 'hal' },
    ignoreChangesIn: [],
    deletes: 'never',
    goneAfter: 3,
    guard: { share: 0.05, most: 500 },
    holes: 'wait',
    retainTombstonesFor: 30,
    ...overrides,
  };
}
