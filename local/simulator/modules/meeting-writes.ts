import type { Call } from '../call.ts';
import { localDateTime } from '../data/dates.ts';
import { readId } from '../parameters.ts';
import { Refusal } from '../refusal.ts';
import { emptyReply, jsonReply, type Reply } from '../reply.ts';
import { readChecked } from '../request-body.ts';
import type { Access, Route } from '../route.ts';
import type { Schema } from '../schema-check.ts';
import { type Write, write } from '../write.ts';
import { REGISTRATION_SCHEMA } from './meeting-schemas.ts';
import { idsOfMeeting } from './meetings.ts';

const ONE = '/l/meeting2_api/meetings/{meeting}';
const REGISTER: Access = { scopes: ['meeting2/register'], type: 'meeting2', versions: [1, 2] };
const PRESENCE: Access = { scopes: ['meeting2/presence/write'], type: 'meeting2', versions: [1] };

export const MEETING_WRITE_ROUTES: readonly Route[] = [
  { method: 'POST', path: `${ONE}/registration`, access: REGISTER, handle: register },
  { method: 'DELETE', path: `${ONE}/registration/{registration}`, access: REGISTER, handle: cancel },
  { method: 'PUT', path: `${ONE}/attendees/{relation}/presence`, access: PRESENCE, handle: setPresence },
];

const PRESENCE_SCHEMA: Schema = {
  type: 'object',
  properties: { presence: { type: 'integer', enum: [0, 1, 2] } },
  required: ['presence'],
};
const UNKNOWN_PRESENCE = 2;

/** Registers somebody as often as is asked. */
function register(call: Call): Write {
  const { sets, model, now } = call.world;
  const meetingId = readId(call, 'meeting');
  if (!sets.meeting.has(meetingId)) {
    throw new Refusal(404, 'Unknown meeting');
  }
  const { relationId, ticketId = null, remark = null } = readChecked(call, REGISTRATION_SCHEMA);
  if (!sets.relation.has(Number(relationId))) {
    throw new Refusal(400, 'Unknown relation');
  }
  return write(() => {
    const registrationId = sets.meetingRegistration.create({
      meetingId,
      relationId,
      ticketId,
      remark,
      registrationDate: localDateTime(now(), model.switches.timeZone),
      presence: UNKNOWN_PRESENCE,
      activitiesSignedUp: [],
      registration_status: 1,
    });
    return jsonReply({ registrationId });
  });
}

function cancel(call: Call): Reply | Write {
  const { switches, world } = call;
  const meeting = readId(call, 'meeting');
  const registration = readId(call, 'registration');
  const set = world.sets.meetingRegistration;
  const isAgain = world.written.cancelled.get(registration) === meeting;
  if (isAgain && switches.secondCancellation === 'accepted') {
    return emptyReply(switches.changedStatus);
  }
  if (set.get(registration)?.meetingId !== meeting) {
    throw new Refusal(404, 'Unknown registration');
  }
  return write(() => {
    set.remove(registration);
    world.written.cancelled.set(registration, meeting);
    return emptyReply(switches.changedStatus);
  });
}

function setPresence(call: Call): Write {
  const set = call.world.sets.meetingRegistration;
  const relation = readId(call, 'relation');
  const ids = idsOfMeeting(call);
  const theirs = ids.slice(0, ids.length).filter((id) => set.get(id)?.relationId === relation);
  if (theirs.length === 0) {
    throw new Refusal(404, 'Unknown attendee');
  }
  const { presence } = readChecked(call, PRESENCE_SCHEMA);
  return write(() => {
    for (const id of theirs) {
      set.edit(id, { presence });
    }
    return emptyReply(call.switches.changedStatus);
  });
}
