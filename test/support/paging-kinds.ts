import {
  archivedRelations,
  contactMoments,
  emailTracking,
  meetingLocations,
  relationCollection,
} from '../../lambda/config/catalogue.ts';
import type { StreamInput } from '../../lambda/config/define-config.ts';
import { linkedPages } from '../../lambda/config/paging.ts';
import type { Paging } from '../../lambda/core/stream.ts';
import {
  type Fault,
  type ObjectKind,
  SIMULATOR_COLLECTION,
  type Simulator,
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

/** Relations in the simulator that the page counts below belong to. */
export const RELATIONS = 120;
const EMAILS_PER_PAGE = 40;
const CONTACT_MOMENTS_PER_PAGE = 10;

const inTheMiddle = { faultPage: 3 } as const;

export const PAGING_CASES: readonly PagingCase[] = [
  {
    ...inTheMiddle,
    kind: 'hal',
    stream: relationCollection('relations', SIMULATOR_COLLECTION),
    route: 'GET /l/relation_list_api/collection/{id}',
    objectKind: 'relation',
    key: 'id',
    pageSize: 20,
    pages: 6,
    requestsUpToFault: 6,
  },
  {
    ...inTheMiddle,
    kind: 'linkedPages',
    stream: archivedRelations('archive', { paging: linkedPages({ amount: 10 }) }),
    route: 'GET /l/relation_archive_api/relations/export',
    objectKind: 'archivedRelation',
    key: 'archived_relation_id',
    pageSize: 10,
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
    pageSize: CONTACT_MOMENTS_PER_PAGE,
    pages: 7,
    requestsUpToFault: 4,
  },
  {
    ...inTheMiddle,
    kind: 'after',
    stream: emailTracking('emails'),
    route: 'GET /l/email_api/tracking/emails',
    objectKind: 'email',
    key: 'trackingId',
    pageSize: EMAILS_PER_PAGE,
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

/** Has the simulator cut its listings as the cases say: where the vendor's pages are larger, by a cap. */
export function cutSmall({ control }: Simulator): void {
  control.switches({ collectionPageSize: 20 });
  for (const kind of ['numberedPages', 'after'] as const) {
    const { route, pageSize } = caseOf(kind);
    control.fault({ route, do: { kind: 'pageCap', max: pageSize } });
  }
}

/** Aims a fault at a page of a case's listing; a cursor's pages have no number, so they are counted. */
export function aimedAt({ kind, route }: PagingCase, page: number): Omit<Fault, 'do'> {
  return kind === 'after' ? { route, from: page } : { route, page };
}
