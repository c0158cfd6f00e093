import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type ApiReply, emptyReply, jsonReply } from '../api-reply.ts';
import { localDateTime } from '../data/dates.ts';
import { type PendingWrite, pendingWrite } from '../pending-write.ts';
import { readValidBody } from '../read-body.ts';
import { readId } from '../read-parameters.ts';
import type { Access, Route } from '../route.ts';
import type { Schema } from '../schema-check.ts';
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

/** Registers a relation. The same relation can register several times. */
function register(call: ApiCall): PendingWrite {
  const { sets, model, timeline } = call.world;
  const meetingId = readId(call, 'meeting');
  if (!sets.meeting.has(meetingId)) {
    throw new ApiError(404, 'Unknown meeting');
  }
  const { relationId, ticketId = null, remark = null } = readValidBody(call, REGISTRATION_SCHEMA);
  if (!sets.relation.has(Number(relationId))) {
    throw new ApiError(400, 'Unknown relation');
  }
  return pendingWrite(() => {
    const registrationId = sets.meetingRegistration.create({
      meetingId,
      relationId,
      ticketId,
      remark,
      registrationDate: localDateTime(timeline.now(), model.switches.timeZone),
      presence: UNKNOWN_PRESENCE,
      activitiesSignedUp: [],
      registration_status: 1,
    });
    return jsonReply({ registrationId });
  });
}

function cancel(call: ApiCall): ApiReply | PendingWrite {
  const { switches, world } = call;
  const meeting = readId(call, 'meeting');
  const registration = readId(call, 'registration');
  const set = world.sets.meetingRegistration;
  const isAgain = world.history.cancelled.get(registration) === meeting;
  if (isAgain && switches.secondCancellation === 'accepted') {
    return emptyReply(switches.changedStatus);
  }
  if (set.get(registration)?.meetingId !== meeting) {
    throw new ApiError(404, 'Unknown registration');
  }
  return pendingWrite(() => {
    set.remove(registration);
    world.history.cancelled.set(registration, meeting);
    return emptyReply(switches.changedStatus);
  });
}

function setPresence(call: ApiCall): PendingWrite {
  const set = call.world.sets.meetingRegistration;
  const relation = readId(call, 'relation');
  const ids = idsOfMeeting(call);
  const theirs = ids.slice(0, ids.length).filter((id) => set.get(id)?.relationId === relation);
  if (theirs.length === 0) {
    throw new ApiError(404, 'Unknown attendee');
  }
  const { presence } = readValidBody(call, PRESENCE_SCHEMA);
  return pendingWrite(() => {
    for (const id of theirs) {
      set.edit(id, { presence });
    }
    return emptyReply(call.switches.changedStatus);
  });
}
