import type { TablePort } from './table-writer.ts';
import type { Walk, WalkStore } from './walk.ts';

/** The table without its writes: objects are compared with it, and none is stored. */
export function dryTable(table: TablePort): TablePort {
  return { ...table, write: async () => [] };
}

/** Walks in memory: a dry run starts at the first page and saves nothing. */
export function walksInMemory(): WalkStore {
  const walks = new Map<string, Walk>();
  return {
    async loadState() {
      return {};
    },
    async loadWalk({ name }) {
      return walks.get(name);
    },
    async saveWalk({ name }, walk) {
      // Drops the keys that a real store would save, so that they do not pile up in memory.
      walk.table.takeNewlySeen();
      walk.followed.takeNew();
      walks.set(name, walk);
    },
    async endWalk({ name }) {
      walks.delete(name);
    },
  };
}
