import { linkedPages } from '../../config/catalogue/paging.ts';
import {
  archivedRelations,
  contactMoments,
  emailTracking,
  meetingLocations,
  relationCollection,
} from '../../config/catalogue/streams.ts';
import type { StreamInput } from '../../config/define-config.ts';
import type { Receipt } from '../../lambda/core/pull/receipt.ts';
import type { Paging } from '../../lambda/core/pull/stream.ts';
import {
  type Control,
  type Fault,
  type ObjectKind,
  SIMULATOR_COLLECTION,
  type Simulator,
  startSimulator,
} from '../../local/simulator/simulator.ts';

/** One stream of the simulator's per paging kind, small enough to be read many times. */
export interface PagingCase {
  readonly kind: Paging['kind'];
  readonly stream: StreamInput;
  /** As the simulator counts it. */
  readonly route: string;
  readonly objectKind: ObjectKind;
  /** The field that identifies an object. */
  readonly key: string;
  /** Objects on a page. */
  readonly pageSize: number;
  /** Pages of a walk from first to last, the empty one at the end of listings without links among them. */
  readonly pages: number;
  /** Where a fault in the middle of the walk is put. */
  readonly faultPage: number;
  /** Requests under way or done, at most, when the page of the fault is given up; each page once. */
  readonly requestsUpToFault: number;
}

/** Objects in each listing that has pages, and on each page. */
const OBJECTS = 60;
const PAGE_SIZE = 10;

const inTheMiddle = { faultPage: 3, pageSize: PAGE_SIZE } as const;

export const PAGING_CASES: readonly PagingCase[] = [
  {
    ...inTheMiddle,
    kind: 'hal',
    stream: relationCollection('relations', SIMULATOR_COLLECTION),
    route: 'GET /l/relation_list_api/collection/{id}',
    objectKind: 'relation',
    key: 'id',
    pages: 6,
    requestsUpToFault: 6,
  },
  {
    ...inTheMiddle,
    kind: 'linkedPages',
    stream: archivedRelations('archive', { paging: linkedPages({ amount: PAGE_SIZE }), deletes: 'report' }),
    route: 'GET /l/relation_archive_api/relations/export',
    objectKind: 'archivedRelation',
    key: 'archived_relation_id',
    pages: 6,
    requestsUpToFault: 3,
  },
  {
    ...inTheMiddle,
    kind: 'numberedPages',
    stream: contactMoments('contact-moments'),
    route: 'GET /l/contact_moment_api/contact_moment',
    objectKind: 'contactMoment',
    key: 'id',
    pages: 7,
    requestsUpToFault: 5,
  },
  {
    ...inTheMiddle,
    kind: 'after',
    stream: emailTracking('emails'),
    route: 'GET /l/email_api/tracking/emails',
    objectKind: 'email',
    key: 'trackingId',
    pages: 7,
    requestsUpToFault: 3,
  },
  {
    kind: 'onePage',
    stream: meetingLocations('locations'),
    route: 'GET /l/meeting2_api/location',
    objectKind: 'location',
    key: 'id',
    pageSize: 12,
    pages: 1,
    faultPage: 1,
    requestsUpToFault: 1,
  },
];

/** The case of a paging kind. */
export function caseOf(kind: Paging['kind']): PagingCase {
  const found = PAGING_CASES.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no case of ${kind}`);
  return found;
}

/** Starts a simulator whose listings are as the cases say. Each holds numbers that a double does not. */
export async function startSmallSimulator(seed = 1): Promise<Simulator> {
  const simulator = await startSimulator({
    relations: OBJECTS,
    seed,
    switches: { collectionPageSize: PAGE_SIZE },
  });
  const { control } = simulator;
  for (let id = OBJECTS + 1; control.get('email', id) !== undefined; id += 1) control.remove('email', id);
  for (const { objectKind } of PAGING_CASES) {
    control.edit(objectKind, 2, {
      exact: [rawJSON('9007199254740993'), rawJSON('0.1000000000000000055')],
    });
  }
  capPages(control);
  return simulator;
}

const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Caps the pages that would be larger than the cases say. */
export function capPages(control: Control): void {
  for (const kind of ['numberedPages', 'after'] as const) {
    control.fault({ route: caseOf(kind).route, do: { kind: 'pageCap', max: PAGE_SIZE } });
  }
}

/** Aims a fault at a page of a case's listing; a cursor's pages have no number, so they are counted. */
export function aimedAt({ kind, route }: PagingCase, page: number): Omit<Fault, 'do'> {
  return kind === 'after' ? { route, from: page } : { route, page };
}

/**
 * Numbered pages are asked for ahead of knowing that there are none: eight at a time, the first of them the end, which is read
 * twice.
 */
const MOST_BEYOND_THE_END = 8;

/** Requests that reading so many pages up to the end takes at most, where nothing fails. */
export function mostRequestsFor({ kind }: PagingCase, pages: number): number {
  if (kind === 'numberedPages') return pages + MOST_BEYOND_THE_END;
  return kind === 'after' ? pages + 1 : pages;
}

/** How many objects a complete walk reads twice: those of page 1, if it reads down. */
export function readTwice({ direction }: Receipt, { pageSize }: PagingCase): number {
  return direction === 'down' ? pageSize : 0;
}
