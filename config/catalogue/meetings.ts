import type { StreamInput, StreamOverrides } from '../define-config.ts';
import { carriedIfProven } from './deletes.ts';
import { numberedPages, onePage } from './paging.ts';

/**
 * The published meetings that are in the future.
 *
 * `GET /l/meeting2_api/meetings`, scope `meeting2/read`, **version 2**, numbered pages. The list is documented, but its
 * path, key (`id`) and paging are assumed. If Procurios answers with one page, a walk never ends complete; set `paging:
 * onePage()` then. Parameter `search`.
 *
 * @see https://api.procurios.com/api_documentation/meeting2_api/meeting
 */
export function meetings(
  name: string,
  overrides: StreamOverrides & { readonly path?: string } = {},
): StreamInput {
  return {
    name,
    ...inMeetings('meetings', 2),
    key: 'id',
    paging: numberedPages(),
    deletes: 'report',
    ...overrides,
  };
}

/**
 * The registrations for all meetings.
 *
 * `GET /l/meeting2_api/meetings/registration`, scope `meeting2/read`, version 1 (2 in older documentation), numbered
 * pages of 25. Documented. Parameter `relationIds`.
 *
 * @see https://api.procurios.com/api_documentation/meeting2_api/registrations
 */
export function meetingRegistrations(name: string, overrides: StreamOverrides = {}): StreamInput {
  return {
    name,
    ...inMeetings('meetings/registration', 1),
    objects: '/registrations',
    key: 'registrationId',
    paging: numberedPages(),
    deletes: carriedIfProven(overrides),
    ...overrides,
  };
}

/**
 * The relations who are expected at one meeting, and whether they were present.
 *
 * `GET /l/meeting2_api/meetings/{meeting}/attendees`, scope `meeting2/read`, version 1, one page. Documented.
 *
 * @param options - `meeting`: the meeting's id.
 * @see https://api.procurios.com/api_documentation/meeting2_api/attendees
 */
export function meetingAttendees(
  name: string,
  options: StreamOverrides & { readonly meeting: number | string },
): StreamInput {
  const { meeting, ...overrides } = options;
  return {
    name,
    ...inMeetings(`meetings/${encodeURIComponent(meeting)}/attendees`, 1),
    objects: '/attendees',
    key: 'relation_id',
    paging: onePage(),
    deletes: carriedIfProven(overrides),
    ...overrides,
  };
}

/**
 * The locations where meetings are held.
 *
 * `GET /l/meeting2_api/location`, version 1, one page. Documented, except for the scope, which is assumed to be
 * `meeting2/read`. Parameters `locationIds` and `meetingIds`.
 *
 * @see https://api.procurios.com/api_documentation/meeting2_api/locations
 */
export function meetingLocations(name: string, overrides: StreamOverrides = {}): StreamInput {
  return {
    name,
    ...inMeetings('location', 1),
    objects: '/locations',
    key: 'id',
    paging: onePage(),
    deletes: carriedIfProven(overrides),
    ...overrides,
  };
}

function inMeetings(list: string, version: number) {
  return {
    path: `/l/meeting2_api/${list}`,
    mediaType: `application/vnd.procurios.meeting2+json; version=${version}`,
  };
}
