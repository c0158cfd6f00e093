import type { Switches } from '../switches.ts';
import { Draws } from './draws.ts';
import type { Pools } from './pools.ts';

/** Separates the draws of the kinds of objects. The numbers are arbitrary, but a change would change the generated objects. */
const KIND_NUMBERS = {
  relation: 1,
  archivedRelation: 2,
  meeting: 3,
  meetingRegistration: 4,
  location: 5,
  contactMoment: 6,
  engagementAction: 7,
  campaign: 8,
  channel: 9,
  email: 10,
  emailRecipient: 11,
  pledge: 12,
  order: 13,
  theme: 14,
  document: 16,
  product: 17,
  moduleObject: 18,
} as const;

/** Number of generated objects of each kind. */
export interface ObjectCounts {
  readonly relations: number;
  readonly archivedRelations: number;
  readonly meetings: number;
  readonly meetingRegistrations: number;
  readonly locations: number;
  readonly contactMoments: number;
  readonly engagementActions: number;
  readonly campaigns: number;
  readonly channels: number;
  readonly emails: number;
  readonly pledges: number;
  readonly orders: number;
  readonly products: number;
  readonly moduleObjects: number;
}

/** The input of the functions that generate objects. */
export interface Model {
  readonly seed: number;
  readonly pools: Pools;
  readonly counts: ObjectCounts;
  readonly switches: Switches;
}

/** Returns the numbers of objects for a number of relations. Each paged listing has at least two pages. */
export function countsFor(relations: number): ObjectCounts {
  const share = (least: number, part: number) => Math.max(least, Math.ceil(relations / part));
  return {
    relations,
    archivedRelations: share(60, 50),
    meetings: share(30, 40),
    meetingRegistrations: share(60, 4),
    locations: share(12, 200),
    contactMoments: share(60, 2),
    engagementActions: share(60, 8),
    campaigns: share(55, 500),
    channels: 6,
    emails: share(220, 100),
    pledges: share(60, 5),
    orders: share(210, 10),
    products: share(110, 200),
    moduleObjects: share(60, 10),
  };
}

export function drawsFor(model: Model, kind: keyof typeof KIND_NUMBERS, id: number): Draws {
  return new Draws(model.seed, KIND_NUMBERS[kind], id);
}

/** Returns a map as PHP writes it. An empty map is an empty array, unless the switch `emptyMap` says otherwise. */
export function phpMap(model: Model, entries: Readonly<Record<string, unknown>>): unknown {
  return Object.keys(entries).length === 0 && model.switches.emptyMap === 'array' ? [] : entries;
}

/** Returns the UUID of the object of this kind and number. */
export function uuidOf(model: Model, kind: keyof typeof KIND_NUMBERS, id: number): string {
  return drawsFor(model, kind, id).uuid();
}
