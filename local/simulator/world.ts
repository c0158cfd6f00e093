import { buildContactMoment } from './data/contact-moments.ts';
import { createdAt, offsetDateTime } from './data/dates.ts';
import { buildEmail, buildEmailRecipient, recipientCount } from './data/email-tracking.ts';
import { buildCampaign, buildChannel, buildEngagementAction } from './data/engagement.ts';
import { buildLocation, buildMeeting, buildMeetingRegistration } from './data/meetings.ts';
import type { Model } from './data/model.ts';
import { buildModuleObject } from './data/module-objects.ts';
import { type Fields, ObjectSet } from './data/object-set.ts';
import { buildPledge } from './data/pledges.ts';
import { archivedReason, buildArchivedRelation, buildRelation } from './data/relations.ts';
import { buildOrder, buildProduct } from './data/webshop.ts';
import { WriteHistory } from './write-history.ts';

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

type Sets = Readonly<Record<Exclude<ObjectKind, 'emailRecipient'>, ObjectSet>>;

/** A recipient's number is the email's number times this, plus the recipient's ordinal. */
const RECIPIENTS_PER_EMAIL = 2 ** 24;

/** All objects of the simulated environment. */
export class World {
  readonly model: Model;
  readonly sets: Sets;
  readonly history = new WriteHistory();
  readonly #recipients = new Map<number, ObjectSet>();

  constructor(model: Model) {
    this.model = model;
    this.sets = createSets(model);
  }

  /** Returns the recipients of an email, in the order of their last update. Their numbers are ordinals. */
  recipientsOf(email: number): ObjectSet {
    const known = this.#recipients.get(email);
    if (known !== undefined) {
      return known;
    }
    const created = new ObjectSet({
      count: recipientCount(this.model, email),
      build: (ordinal) => buildEmailRecipient(this.model, email, ordinal),
      createdAt,
      movesOnEdit: true,
    });
    this.#recipients.set(email, created);
    return created;
  }

  /** @param fields - For a recipient also `email`, the number of the email. The default is 1. */
  create(kind: ObjectKind, fields: Fields = {}): number {
    if (kind !== 'emailRecipient') {
      return this.sets[kind].create(fields);
    }
    const { email = 1, ...shown } = fields;
    const ordinal = this.recipientsOf(Number(email)).create({ ...this.#lastUpdate(), ...shown });
    return Number(email) * RECIPIENTS_PER_EMAIL + ordinal;
  }

  get(kind: ObjectKind, id: number): Fields | undefined {
    const { set, number } = this.#locate(kind, id);
    return set.get(number);
  }

  edit(kind: ObjectKind, id: number, fields: Fields): void {
    const { set, number } = this.#locate(kind, id);
    set.edit(number, kind === 'emailRecipient' ? { ...this.#lastUpdate(), ...fields } : fields);
  }

  remove(kind: ObjectKind, id: number): void {
    const { set, number } = this.#locate(kind, id);
    set.remove(number);
  }

  /** Moves a relation from the collections to the archive. */
  archive(relationId: number, reason: string | null = archivedReason(null)): void {
    this.#archive(relationId, reason, null);
  }

  /** Archives a relation as merged into another, which stays. */
  merge(relationId: number, keptRelationId: number): void {
    if (!this.sets.relation.has(keptRelationId)) {
      throw new RangeError(`there is no relation ${keptRelationId} to keep`);
    }
    this.#archive(relationId, archivedReason(keptRelationId), keptRelationId);
  }

  #archive(relationId: number, reason: string | null, keptRelationId: number | null): void {
    this.sets.relation.remove(relationId);
    this.sets.archivedRelation.create({
      archived_relation_id: relationId,
      archived_on: offsetDateTime(Date.now(), 'UTC'),
      archived_reason: reason,
      kept_relation_id: keptRelationId,
    });
  }

  #locate(kind: ObjectKind, id: number): { set: ObjectSet; number: number } {
    return kind === 'emailRecipient'
      ? {
          set: this.recipientsOf(Math.floor(id / RECIPIENTS_PER_EMAIL)),
          number: id % RECIPIENTS_PER_EMAIL,
        }
      : { set: this.sets[kind], number: id };
  }

  #lastUpdate(): Fields {
    return { lastUpdate: offsetDateTime(Date.now(), this.model.switches.timeZone) };
  }
}

function createSets(model: Model): Sets {
  const { counts } = model;
  const set = (count: number, build: (model: Model, id: number) => Fields) =>
    new ObjectSet({ count, build: (id) => build(model, id), createdAt });
  return {
    relation: set(counts.relations, buildRelation),
    archivedRelation: set(counts.archivedRelations, buildArchivedRelation),
    meeting: set(counts.meetings, buildMeeting),
    meetingRegistration: set(counts.meetingRegistrations, buildMeetingRegistration),
    location: set(counts.locations, buildLocation),
    contactMoment: set(counts.contactMoments, buildContactMoment),
    engagementAction: set(counts.engagementActions, buildEngagementAction),
    campaign: set(counts.campaigns, buildCampaign),
    channel: set(counts.channels, buildChannel),
    email: set(counts.emails, buildEmail),
    pledge: set(counts.pledges, buildPledge),
    order: set(counts.orders, buildOrder),
    product: set(counts.products, buildProduct),
    moduleObject: set(counts.moduleObjects, buildModuleObject),
  };
}
