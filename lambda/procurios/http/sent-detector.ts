import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';

/** The way out of one request. */
export interface Departure {
  /** Does the work in which the request is made. */
  watch<T>(work: () => Promise<T>): Promise<T>;
  /** False: not a byte of the request was written to a connection. Right once the work is done. */
  readonly mayHaveLeft: boolean;
}

interface Sighting {
  isMade: boolean;
  isWritten: boolean;
}

const watching = new AsyncLocalStorage<Sighting>();
const sightings = new WeakMap<object, Sighting>();

/** What undici publishes: the same object for one request everywhere. */
interface Published {
  readonly request: { readonly method: string };
}

/** @see https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
subscribe('undici:request:create', (message) => {
  const { request } = message as Published;
  const sighting = watching.getStore();
  // A proxy's CONNECT is not the request.
  if (sighting === undefined || request.method === 'CONNECT') return;
  sighting.isMade = true;
  sightings.set(request, sighting);
});
// Published just before the bytes are written.
subscribe('undici:client:sendHeaders', (message) => {
  const sighting = sightings.get((message as Published).request);
  if (sighting !== undefined) sighting.isWritten = true;
});

/**
 * Tells whether a request that failed can have reached anybody.
 *
 * The error alone does not: a reset or a TLS failure has the same code before and after the request was written.
 */
export function createDeparture(): Departure {
  const sighting: Sighting = { isMade: false, isWritten: false };
  return {
    watch: (work) => watching.run(sighting, work),
    get mayHaveLeft() {
      return sighting.isWritten || !sighting.isMade;
    },
  };
}
