/** A write that took effect. */
export interface AppliedWrite {
  /** The route's pattern: `POST /l/profile_api/registrationset/{set}/registration`. */
  readonly route: string;
  /** The request's path, without the query. */
  readonly path: string;
  /** Time of the write, RFC 3339 in UTC. */
  readonly at: string;
  /** The request's JSON; undefined without a body. */
  readonly body?: unknown;
}

/** Effects of writes that are not stored in objects. */
export class WriteHistory {
  /** All writes that took effect, in order. */
  readonly applied: AppliedWrite[] = [];
  /** The relation that each registration created. Registration 1 is the first entry. */
  readonly registrations: number[] = [];
  /** Cancelled meeting registrations, with their meetings. */
  readonly cancelled = new Map<number, unknown>();
  /** Document keys of changed profile images, by relation; null if the image was removed. */
  readonly images = new Map<number, string | null>();
}
