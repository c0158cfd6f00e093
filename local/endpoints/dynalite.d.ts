declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Starts nothing yet: the server listens once it is told where. */
  function dynalite(options: {
    /** Folder of the database; absent: in memory. */
    readonly path?: string;
    /** Milliseconds that a table is shown as being created, deleted, updated. */
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }): Server;

  export = dynalite;
}
