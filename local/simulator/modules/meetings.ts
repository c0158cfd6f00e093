import type { ApiCall, Language } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type ApiReply, jsonReply } from '../api-reply.ts';
import { attendeeOf, registrationsFor } from '../data/meetings.ts';
import type { Fields } from '../data/object-set.ts';
import { type Sequence, sequenceOf } from '../data/sequence.ts';
import { type Listing, listing } from '../listing.ts';
import { filterSet, keepIf, readId, readIntegers } from '../read-parameters.ts';
import type { Access, Route } from '../route.ts';
import { ATTENDEE_SCHEMA, LOCATION_SCHEMA, MEETING_SCHEMA, REGISTRATION_SCHEMA } from './meeting-schemas.ts';

const ROOT = '/l/meeting2_api';
const MEETINGS = `${ROOT}/meetings`;
const ONE = `${MEETINGS}/{meeting}`;

/** Returns the access of a page. The module's pages have different versions of the same media type. */
const versions = (...served: number[]): Access => ({
  scopes: ['meeting2/read'],
  type: 'meeting2',
  versions: served,
});
const MEETING = versions(2);
/** Newer documentation says 1, older 2. */
const REGISTRATION = versions(1, 2);
const OTHERS = versions(1);

export const MEETING_ROUTES: readonly Route[] = [
  { method: 'GET', path: MEETINGS, access: MEETING, handle: meetings },
  { method: 'GET', path: `${MEETINGS}/schema`, access: MEETING, handle: () => jsonReply(MEETING_SCHEMA) },
  { method: 'GET', path: `${MEETINGS}/registration`, access: REGISTRATION, handle: registrations },
  {
    method: 'GET',
    path: `${ONE}/registration/schema`,
    access: { ...REGISTRATION, scopes: ['meeting2/register'] },
    handle: () => jsonReply(REGISTRATION_SCHEMA),
  },
  { method: 'GET', path: `${ONE}/registration`, access: REGISTRATION, handle: registrationsOfMeeting },
  { method: 'GET', path: `${ONE}/registration/{registration}`, access: REGISTRATION, handle: registration },
  { method: 'GET', path: `${ONE}/attendees`, access: OTHERS, handle: attendees },
  {
    method: 'GET',
    path: `${ONE}/attendees/schema`,
    access: OTHERS,
    handle: () => jsonReply(ATTENDEE_SCHEMA),
  },
  { method: 'GET', path: `${ROOT}/location`, access: OTHERS, handle: locations },
  {
    method: 'GET',
    path: `${ROOT}/location/schema`,
    access: OTHERS,
    handle: () => jsonReply(LOCATION_SCHEMA),
  },
];

function meetings(call: ApiCall): Listing {
  const set = call.world.sets.meeting;
  const search = call.query.get('search')?.toLowerCase();
  return listing({
    ids: search === undefined ? set.all() : keepIf(set.all(), set, ({ title }) => contains(title, search)),
    set,
    cut: { by: 'page', size: 25 },
    object: (id) => inLanguage(set.get(id) ?? {}, call.language),
    wrap: (objects) => ({ meetings: objects }),
  });
}

function registrations(call: ApiCall): Listing {
  const set = call.world.sets.meetingRegistration;
  return listing({
    ids: filterSet(call, set, ({ relationId }) => [relationId]),
    set,
    cut: { by: 'page', size: 25 },
    object: (id) => registrationAsListed(set.get(id) ?? {}),
    wrap: (objects) => ({ registrations: objects }),
  });
}

function registrationsOfMeeting(call: ApiCall): Listing {
  const set = call.world.sets.meetingRegistration;
  return listing({
    ids: idsOfMeeting(call),
    set,
    cut: { by: 'nothing' },
    object(id) {
      const { meetingId, registrationDate, ...shown } = registrationAsListed(set.get(id) ?? {});
      return shown;
    },
    wrap: (objects) => ({ registrations: objects }),
  });
}

function registration(call: ApiCall): ApiReply {
  const found = call.world.sets.meetingRegistration.get(readId(call, 'registration'));
  if (found?.meetingId !== readId(call, 'meeting')) {
    throw new ApiError(404, 'Unknown registration');
  }
  return jsonReply({ relationId: found.relationId, ticketId: found.ticketId, remark: found.remark });
}

function attendees(call: ApiCall): Listing {
  const { model, sets } = call.world;
  const object = (id: number) => {
    const found = sets.meetingRegistration.get(id) ?? {};
    return attendeeOf(model, found, sets.relation.get(Number(found.relationId)));
  };
  return listing({
    ids: idsOfMeeting(call),
    cut: { by: 'nothing' },
    object,
    wrap: (objects) => ({ attendees: objects }),
  });
}

function locations(call: ApiCall): Listing {
  const { location: set, meeting } = call.world.sets;
  const meetingIds = readIntegers(call, 'meetingIds');
  const ofMeetings =
    meetingIds && new Set([...meetingIds].flatMap((id) => meeting.get(Number(id))?.locationIds));
  const wanted = [readIntegers(call, 'locationIds'), ofMeetings].filter((ids) => ids !== undefined);
  return listing({
    ids: keepIf(set.all(), set, ({ id }) => wanted.every((ids) => ids.has(id))),
    set,
    cut: { by: 'nothing' },
    object: (id) => inLanguage(set.get(id) ?? {}, call.language),
    wrap: (objects) => ({ locations: objects }),
  });
}

function registrationAsListed(registration: Fields): Fields {
  const { remark, presence, activitiesSignedUp, registration_status, ...listed } = registration;
  return listed;
}

/** Returns the registrations for the meeting in the path, ordered by number. @throws {ApiError} With status 404 if the meeting is unknown. */
export function idsOfMeeting(call: ApiCall): Sequence {
  const { model, sets } = call.world;
  const meeting = readId(call, 'meeting');
  if (!sets.meeting.has(meeting)) {
    throw new ApiError(404, 'Unknown meeting');
  }
  const candidates = new Set([...registrationsFor(model, meeting), ...sets.meetingRegistration.overlaid()]);
  const isOfMeeting = (id: number) => sets.meetingRegistration.get(id)?.meetingId === meeting;
  return sequenceOf([...candidates].filter(isOfMeeting).sort((one, other) => one - other));
}

/** Returns an object with its title in this language, from `title_ml`. */
function inLanguage(object: Fields, language: Language): Fields {
  const strings = Array.isArray(object.title_ml) ? (object.title_ml as Fields[]) : [];
  const translated = strings.find(({ locale }) => String(locale).startsWith(language))?.string;
  return language === 'nl' || translated === undefined ? object : { ...object, title: translated };
}

function contains(title: unknown, search: string): boolean {
  return String(title).toLowerCase().includes(search);
}
