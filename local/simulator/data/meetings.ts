import { createdAt, localDateTime } from './dates.ts';
import { drawsFor, type Model } from './model.ts';
import type { Fields } from './object-set.ts';
import { drawAddress, personOf } from './people.ts';

const SUBJECTS = [
  ['Ledenvergadering', 'General meeting'],
  ['Nieuwjaarsborrel', 'New year drinks'],
  ['Werkgroep natuur', 'Working group nature'],
  ['Introductieavond', 'Introduction evening'],
] as const;

/** Builds a meeting with its title in both languages. The listing shows one of them. */
export function buildMeeting(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'meeting', id);
  const zone = model.switches.timeZone;
  const start = Date.UTC(2026, 0, 5, 18) + draws.below(700) * 86_400_000;
  const [dutch, english] = draws.pick(SUBJECTS);
  return {
    id,
    title: `${dutch} ${id}`,
    title_ml: multilingual(`${dutch} ${id}`, `${english} ${id}`),
    ownerId: draws.between(1, model.counts.relations),
    start: localDateTime(start, zone),
    end: localDateTime(start + 2 * 3_600_000, zone),
    publishedFrom: localDateTime(start - 60 * 86_400_000, zone),
    registrationEnd: draws.chance(70) ? localDateTime(start - 86_400_000, zone) : null,
    languageCode: 'nl',
    shortDescription: draws.chance(60) ? 'Inloop vanaf 19.30 uur' : '',
    longDescription: '<p>Van harte welkom!</p>',
    locationIds: [draws.between(1, model.counts.locations)],
    _links: {
      details: { href: `/l/meeting2_api/meetings/${id}`, type: 'GET' },
      registrationSchema: { href: `/l/meeting2_api/meetings/${id}/registration/schema`, type: 'GET' },
    },
  };
}

/** Returns the meeting of a generated registration. Registrations are assigned to the meetings in turn. */
function meetingOf({ counts }: Model, registration: number): number {
  return ((registration - 1) % counts.meetings) + 1;
}

/** Returns the numbers of the generated registrations for a meeting. */
export function registrationsFor({ counts }: Model, meeting: number): number[] {
  const least = meeting <= counts.meetings ? counts.meetingRegistrations - meeting : -1;
  return Array.from({ length: Math.floor(least / counts.meetings) + 1 }, (_, turn) => {
    return meeting + turn * counts.meetings;
  });
}

/** Builds a registration with the fields of the registration listing and of the attendee listing. */
export function buildMeetingRegistration(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'meetingRegistration', id);
  const meetingId = meetingOf(model, id);
  // Relations with consecutive numbers, so that no relation is registered twice for a meeting.
  const first = drawsFor(model, 'meeting', meetingId).below(model.counts.relations);
  const turn = Math.floor((id - 1) / model.counts.meetings);
  return {
    registrationId: id,
    meetingId,
    ticketId: draws.chance(30) ? draws.between(1, 9) : null,
    relationId: ((first + turn) % model.counts.relations) + 1,
    registrationDate: localDateTime(createdAt(id), model.switches.timeZone),
    remark: draws.chance(10) ? 'Vegetarisch' : null,
    presence: draws.below(3),
    activitiesSignedUp: Array.from({ length: draws.below(3) }, (_, index) => 10 + index),
    registration_status: draws.chance(90) ? 1 : 2,
  };
}

/** Returns the attendee of a registration, with the names of its relation. */
export function attendeeOf(model: Model, registration: Fields, relation: Fields | undefined): Fields {
  const relationId = Number(registration.relationId);
  const { firstName, insertion, lastName, initials } = personOf(model, relationId);
  const generated = { first_name: firstName, insertion, last_name: lastName, initials };
  const named: Fields = relation ?? generated;
  return {
    relation_id: registration.relationId,
    relation_name: [named.first_name, named.insertion, named.last_name].filter(Boolean).join(' '),
    relation_first_name: named.first_name,
    relation_insertion: named.insertion,
    relation_last_name: named.last_name,
    relation_initials: named.initials,
    presence: registration.presence,
    activitiesSignedUp: registration.activitiesSignedUp,
    organization_name: relation?.organization_name ?? null,
    registration_status: registration.registration_status,
  };
}

export function buildLocation(model: Model, id: number): Fields {
  const draws = drawsFor(model, 'location', id);
  const { street, number, numberAdd, postcode, town } = drawAddress(model, draws);
  return {
    id,
    title: `Zaal ${town}`,
    title_ml: multilingual(`Zaal ${town}`, `${town} hall`),
    description: draws.chance(50) ? 'Met de trein goed bereikbaar' : '',
    description_ml: [],
    address: { street, number: `${number}${numberAdd}`, postcode, town, state: '', country: 'NL' },
    capacity: draws.chance(20) ? 0 : draws.between(10, 400),
    images: draws.chance(40) ? [{ url: `http://www.example.com/locations/${id}.jpg` }] : [],
  };
}

function multilingual(dutch: string, english: string): Fields[] {
  return [
    { locale: 'nl_NL', string: dutch },
    { locale: 'en_US', string: english },
  ];
}
