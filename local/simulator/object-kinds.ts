import { buildContactMoment } from './data/contact-moments.ts';
import { createdAt } from './data/dates.ts';
import { buildEmail } from './data/email-tracking.ts';
import { buildCampaign, buildChannel, buildEngagementAction } from './data/engagement.ts';
import { buildLocation, buildMeeting, buildMeetingRegistration } from './data/meetings.ts';
import type { Model } from './data/model.ts';
import { buildModuleObject } from './data/module-objects.ts';
import { type Fields, ObjectSet } from './data/object-set.ts';
import { buildPledge } from './data/pledges.ts';
import { buildArchivedRelation, buildRelation } from './data/relations.ts';
import type { Timeline } from './data/timeline.ts';
import { buildOrder, buildProduct } from './data/webshop.ts';

/** Kinds of objects that can be created, edited and removed. */
export const OBJECT_KINDS = [
  'relation',
  'archivedRelation',
  'meeting',
  'meetingRegistration',
  'location',
  'contactMoment',
  'engagementAction',
  'campaign',
  'channel',
  'email',
  'emailRecipient',
  'pledge',
  'order',
  'product',
  'moduleObject',
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

export type Sets = Readonly<Record<Exclude<ObjectKind, 'emailRecipient'>, ObjectSet>>;

/** Creates the sets with their generated objects. */
export function createSets(model: Model, timeline: Timeline): Sets {
  const { counts } = model;
  const set = (count: number, build: (model: Model, id: number) => Fields, key = 'id') =>
    new ObjectSet({ count, build: (id) => build(model, id), key, createdAt, timeline });
  return {
    relation: set(counts.relations, buildRelation),
    archivedRelation: set(counts.archivedRelations, buildArchivedRelation, 'archived_relation_id'),
    meeting: set(counts.meetings, buildMeeting),
    meetingRegistration: set(counts.meetingRegistrations, buildMeetingRegistration, 'registrationId'),
    location: set(counts.locations, buildLocation),
    contactMoment: set(counts.contactMoments, buildContactMoment),
    engagementAction: set(counts.engagementActions, buildEngagementAction, 'code'),
    campaign: set(counts.campaigns, buildCampaign, 'campaignId'),
    channel: set(counts.channels, buildChannel, 'channelId'),
    email: set(counts.emails, buildEmail, 'trackingId'),
    pledge: set(counts.pledges, buildPledge),
    order: set(counts.orders, buildOrder, 'orderId'),
    product: set(counts.products, buildProduct, 'productId'),
    moduleObject: set(counts.moduleObjects, buildModuleObject),
  };
}
