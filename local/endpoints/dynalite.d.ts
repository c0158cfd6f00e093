declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Creates the server; the caller starts it with `listen`. */
  function dynalite(options: {
    /** Folder of the database; in memory if undefined. */
    readonly path?: string;
    /** Milliseconds that a table has the status CREATING, DELETING or UPDATING. */
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }): Server;

  export = dynalite;
}
