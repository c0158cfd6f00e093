import {
  createEnvironment,
  type Environment,
  SIMULATOR_COLLECTION,
  SIMULATOR_CREDENTIALS,
  SIMULATOR_SCOPES,
} from '../../local/simulator/simulator.ts';
import { mediaType } from '../local/simulator/api.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const PAGE_SIZE = 25;

/** What a walk showed, and the moments of the simulator's record before and after it. */
export interface NightWalk {
  readonly shown: ReadonlySet<number>;
  readonly from: number;
  readonly to: number;
}

/** A listing with page numbers that is read in this process, without a server. */
export interface NightListing {
  readonly environment: Environment;
  /** Reads all pages: up from page 1; or down, page 1 first and last. */
  walk(direction: 'up' | 'down'): Promise<NightWalk>;
  /** Whether an object was in the listing at every moment from the beginning of one walk to the end of another. */
  stood(number: number, first: NightWalk, last: NightWalk): boolean;
}

/** Opens a listing of so many relations. */
export async function openNights(relations: number): Promise<NightListing> {
  const switches = { collectionPageSize: PAGE_SIZE };
  const environment = createEnvironment({ relations, switches });
  const { control } = environment;
  const headers = {
    authorization: `Bearer ${await tokenFor(environment)}`,
    accept: mediaType('relation'),
  };

  async function page(number: number): Promise<number[]> {
    const target = `${RELATIONS}?page=${number}`;
    const reply = await environment.ask({ method: 'GET', target, headers, body: '' });
    const objects: { id: number }[] = JSON.parse(reply?.body.toString() ?? '')._embedded.relations;
    return objects.map(({ id }) => id);
  }

  return {
    environment,
    async walk(direction) {
      control.beginWalk();
      const from = control.moment();
      const shown = new Set<number>();
      // The end may move while pages are read, so up goes on to an empty page, and down begins behind the last page.
      const last = Math.ceil(control.standing('relation').length / PAGE_SIZE) + 1;
      const down = [1, ...Array.from({ length: last }, (_, index) => last - index)];
      for (let read = 0; direction === 'up' || read < down.length; read += 1) {
        const ids = await page(direction === 'up' ? read + 1 : (down[read] ?? 1));
        for (const id of ids) shown.add(id);
        if (direction === 'up' && ids.length === 0) break;
      }
      return { shown, from, to: control.moment() };
    },
    stood: (number, { from }, { to }) => control.standing('relation', { from, to }).includes(number),
  };
}

async function tokenFor(environment: Environment): Promise<string> {
  const { clientId, clientSecret } = SIMULATOR_CREDENTIALS;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: SIMULATOR_SCOPES.join(' '),
  });
  const target = '/l/oauth2/token';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const reply = await environment.ask({ method: 'POST', target, headers, body: form.toString() });
  return JSON.parse(reply?.body.toString() ?? '').access_token;
}
