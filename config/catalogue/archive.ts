import type { Stream } from '../../lambda/core/pull/stream.ts';

/** The path of the archived relations. */
export const RELATION_ARCHIVE = '/l/relation_archive_api/relations/export';

const COLLECTION = '/l/relation_list_api/collection/';

/** The path of a collection's relations. */
export function collectionPath(id: string): string {
  return `${COLLECTION}${encodeURIComponent(id)}`;
}

/**
 * Links the relations of collections with the stream of archived relations, if there is one.
 *
 * A collection with another key than `id` is left as it is, because its key may be no relation's id. So is one that names an archive
 * itself.
 */
export function withArchive(streams: readonly Stream[]): readonly Stream[] {
  const archive = streams.find(({ path, key }) => path === RELATION_ARCHIVE && key.length === 1);
  if (archive === undefined) return streams;
  const link = { stream: archive.name };
  return streams.map((stream) => (needsLink(stream) ? { ...stream, archive: link } : stream));
}

function needsLink({ path, key, deletes, archive }: Stream): boolean {
  const isCollection = path.startsWith(COLLECTION) && !path.slice(COLLECTION.length).includes('/');
  return isCollection && key.join() === 'id' && deletes !== 'never' && archive === undefined;
}
