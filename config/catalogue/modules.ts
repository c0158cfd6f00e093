import type { StreamInput } from '../define-config.ts';
import {
  archivedRelations,
  campaigns,
  channels,
  contactMoments,
  emailRecipients,
  emailTracking,
  engagementActions,
  meetingAttendees,
  meetingLocations,
  meetingRegistrations,
  meetings,
  pledges,
  profileSets,
  registrationSets,
  relationCollection,
  webshopOrders,
} from './streams.ts';

/** A listing of the catalogue, with the facts that a stream does not have. */
export interface Module {
  /** Name of the catalogue's function. */
  readonly factory: string;
  /** What people call the list. */
  readonly title: string;
  /** Scopes, any one of which gives access. */
  readonly scopes: readonly string[];
  /** The stream as the catalogue makes it. If the function takes an id, the id is `0` here. */
  readonly stream: StreamInput;
  /** The kind of id that the function takes besides a name; undefined if it takes none. */
  readonly takes?: 'collection' | 'meeting' | 'email' | 'shop';
}

/** Every listing of the catalogue, in its order. */
export const MODULES: readonly Module[] = [
  {
    factory: 'relationCollection',
    title: 'relations of a collection',
    scopes: ['relation_list_api/relation'],
    stream: relationCollection('relations', '0'),
    takes: 'collection',
  },
  {
    factory: 'archivedRelations',
    title: 'archived relations',
    scopes: ['relation_archive_api/relations/export'],
    stream: archivedRelations('archived-relations'),
  },
  {
    factory: 'profileSets',
    title: 'profile sets',
    scopes: ['profile/profile'],
    stream: profileSets('profile-sets'),
  },
  {
    factory: 'registrationSets',
    title: 'registration sets',
    scopes: ['profile/registration'],
    stream: registrationSets('registration-sets'),
  },
  {
    factory: 'contactMoments',
    title: 'contact moments',
    scopes: ['contact_moment/view'],
    stream: contactMoments('contact-moments'),
  },
  { factory: 'meetings', title: 'meetings', scopes: ['meeting2/read'], stream: meetings('meetings') },
  {
    factory: 'meetingRegistrations',
    title: 'meeting registrations',
    scopes: ['meeting2/read'],
    stream: meetingRegistrations('meeting-registrations'),
  },
  {
    factory: 'meetingAttendees',
    title: 'attendees of a meeting',
    scopes: ['meeting2/read'],
    stream: meetingAttendees('attendees', { meeting: 0 }),
    takes: 'meeting',
  },
  {
    factory: 'meetingLocations',
    title: 'meeting locations',
    scopes: ['meeting2/read'],
    stream: meetingLocations('meeting-locations'),
  },
  {
    factory: 'engagementActions',
    title: 'engagement actions',
    scopes: ['engagement/read'],
    stream: engagementActions('engagement-actions'),
  },
  { factory: 'campaigns', title: 'campaigns', scopes: ['engagement/read'], stream: campaigns('campaigns') },
  { factory: 'channels', title: 'channels', scopes: ['engagement/read'], stream: channels('channels') },
  { factory: 'emailTracking', title: 'emails', scopes: ['email/tracking'], stream: emailTracking('emails') },
  {
    factory: 'emailRecipients',
    title: 'recipients of an email',
    scopes: ['email/tracking'],
    stream: emailRecipients('recipients', { email: 0 }),
    takes: 'email',
  },
  { factory: 'pledges', title: 'pledges', scopes: ['fundraising/pledge/export'], stream: pledges('pledges') },
  {
    factory: 'webshopOrders',
    title: 'orders of a webshop',
    scopes: ['webshop2/order/read'],
    stream: webshopOrders('orders', { shop: 0 }),
    takes: 'shop',
  },
];

/** Paths of operations whose scope is not the scope of a listing. */
const WRITES: readonly (readonly [path: RegExp, scope: string])[] = [
  [/^\/l\/meeting2_api\/meetings\/[^/]+\/attendees\/[^/]+\/presence$/, 'meeting2/presence/write'],
  [/^\/l\/meeting2_api\/meetings\/[^/]+\/registration(\/|$)/, 'meeting2/register'],
  [/^\/l\/webshop2_api\/webshops\/[^/]+\/products(\/|$)/, 'webshop2/product/write'],
];

/** Every scope that a stream or an operation of the catalogue needs. */
export const CATALOGUE_SCOPES: readonly string[] = [
  ...new Set([...MODULES.flatMap(({ scopes }) => scopes), ...WRITES.map(([, scope]) => scope)]),
];

/** A registration form, which also has a scope that gives access to that form only. */
const FORM = /^\/l\/profile_api\/registrationset\/([^/]+)\//;

/**
 * The scopes, any one of which gives access to a path.
 *
 * @returns An empty list if the catalogue does not have the path.
 */
export function scopesFor(path: string): readonly string[] {
  const write = WRITES.find(([pattern]) => pattern.test(path));
  if (write !== undefined) return [write[1]];
  const scopes = moduleOf(path)?.scopes ?? [];
  const form = FORM.exec(path)?.[1];
  return form === undefined ? scopes : [...scopes, `profile/registration/${form}`];
}

/** The catalogue's media type for a path; undefined if the catalogue does not have the path. */
export function usualMediaType(path: string): string | undefined {
  return moduleOf(path)?.stream.mediaType;
}

/** The module with the longest path that this path begins with; undefined if there is none. */
function moduleOf(path: string): Module | undefined {
  const root = ({ stream, takes }: Module) =>
    takes === undefined ? stream.path : stream.path.replace(/0(\/.*)?$/, '');
  return MODULES.filter((module) => path.startsWith(root(module))).sort(
    (one, other) => root(other).length - root(one).length,
  )[0];
}
