import { createdAt, offsetDateTime } from './dates.ts';
import { drawsFor, type Model } from './model.ts';
import type { Fields } from './object-set.ts';
import { personOf } from './people.ts';

export function buildEmail(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'email', id);
  const isMailing = draws.chance(80);
  const page = `/${isMailing ? 'mailing2' : 'journey'}/${id}/edit#statistics`;
  const tracking = `/l/email_api/tracking/${id}`;
  return {
    trackingId: id,
    subject: `${draws.pick(['Nieuwsbrief', 'Uitnodiging', 'Bedankt!', 'Doe mee'])} ${id}`,
    type: isMailing ? 'mailing' : 'journeyStep',
    title: isMailing ? 'Nieuwsbrief' : 'Welkom',
    url: page,
    attributes: isMailing ? { mailingId: id } : { journeyId: draws.uuid(), stepId: draws.between(1, 9) },
    _links: {
      self: { href: page },
      links: { href: `${tracking}/links` },
      recipients: { href: `${tracking}/recipients` },
      opens: { href: `${tracking}/opens` },
      clicks: { href: `${tracking}/clicks` },
    },
  };
}

/** Returns the number of an email's recipients: 20 to 80 % of the relations. */
export function recipientCount(model: Model, email: number): number {
  const draws = drawsFor(model, 'emailRecipient', email);
  return Math.max(1, Math.floor((model.counts.relations * draws.between(20, 80)) / 100));
}

/** Builds the recipient of an email with this ordinal, in the order of their last update. */
export function buildEmailRecipient(model: Model, email: number, ordinal: number): Fields {
  const draws = drawsFor(model, 'emailRecipient', email * 2 ** 24 + ordinal);
  const first = drawsFor(model, 'email', email).below(model.counts.relations);
  const relationId = ((first + ordinal) % model.counts.relations) + 1;
  const sentAt = createdAt(email * 500);
  const stamp = (ms: number) => offsetDateTime(ms, model.switches.timeZone);
  const updatedAt = sentAt + ordinal * 1000;
  const opened = draws.chance(55);
  return {
    trackingCode: trackingCode(email, ordinal),
    relationId,
    emailAddress: personOf(model, relationId).email,
    lastUpdate: stamp(updatedAt),
    firstOpen: opened ? stamp(updatedAt) : null,
    firstClick: opened && draws.chance(30) ? stamp(updatedAt) : null,
    unsubscribed: draws.chance(1),
    bounced: !opened && draws.chance(4),
  };
}

/** Returns the tracking code of an email's recipient: `1f-00a3`. */
export function trackingCode(email: number, ordinal: number): string {
  return `${email.toString(36)}-${ordinal.toString(36).padStart(4, '0')}`;
}

/** Returns the ordinal in a tracking code; undefined if the code belongs to another email. */
export function ordinalOf(email: number, code: string): number | undefined {
  const [of = '', ordinal = ''] = code.split('-');
  return of === email.toString(36) && /^[0-9a-z]{4,}$/.test(ordinal)
    ? Number.parseInt(ordinal, 36)
    : undefined;
}
