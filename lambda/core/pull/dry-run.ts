import type { TablePort } from './table-writer.ts';
import type { Walk, WalkStore } from './walk.ts';

/** A table that is compared with and never written to. */
export function dryTable(table: TablePort): TablePort {
  return { readHashes: table.readHashes, write: async () => [] };
}

/** Walks that last as long as the process: a dry run begins at the first page and leaves nothing behind. */
export function walksInMemory(): WalkStore {
  const walks = new Map<string, Walk>();
  return {
    async loadWalk({ name }) {
      return walks.get(name);
    },
    async loadKeyTypes() {
      return undefined;
    },
    async saveWalk({ name }, walk) {
      // What a real store writes down is let go of, so that memory stays as small.
      walk.seen.takeNew();
      walk.followed.takeNew();
      walks.set(name, walk);
    },
    async endWalk({ name }) {
      walks.delete(name);
    },
  };
}
