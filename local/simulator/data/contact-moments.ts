import { createdAt, localDateTime } from './dates.ts';
import { drawsFor, type Model, phpMap } from './model.ts';
import type { Fields } from './object-set.ts';
import { personOf, spokenName } from './people.ts';

export const CONTACT_MOMENT_TYPES = [
  'ContactMomentVisit',
  'ContactMomentPhone',
  'ContactMomentEmail',
  'ContactMomentLetter',
] as const;

const SUBJECTS = ['Kennismaking', 'Vraag over contributie', 'Adreswijziging', 'Klacht / suggestie'] as const;
const TAGS = { 99: 'Belangrijk', 100: 'Terugbellen', 104: 'Bestuur' } as const;

export function buildContactMoment(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'contactMoment', id);
  const people = model.counts.relations;
  const senderId = draws.between(1, Math.min(people, 20));
  const recipients = new Set(Array.from({ length: draws.between(1, 3) }, () => draws.between(1, people)));
  return {
    id,
    subject: draws.pick(SUBJECTS),
    senderId,
    sender: spokenName(personOf(model, senderId)),
    type: draws.pick(CONTACT_MOMENT_TYPES),
    dateTime: localDateTime(createdAt(id), model.switches.timeZone),
    action: draws.chance(30) ? draws.between(1, model.counts.engagementActions) : null,
    tags: phpMap(model, Object.fromEntries(Object.entries(TAGS).filter(() => draws.chance(35)))),
    recipients: [...recipients],
  };
}
