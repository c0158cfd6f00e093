/** A change that was made. */
export interface AppliedWrite {
  /** As counted: `POST /l/profile_api/registrationset/{set}/registration`. */
  readonly route: string;
  /** As requested, without the query. */
  readonly path: string;
  /** When, RFC 3339 in UTC. */
  readonly at: string;
  /** The JSON that was sent; absent: none. */
  readonly body?: unknown;
}

/** What writes leave behind beside the objects. */
export class WriteHistory {
  /** In the order in which they were made. */
  readonly applied: AppliedWrite[] = [];
  /** The relation that each registration made; the first registration is number 1. */
  readonly registrations: number[] = [];
  /** Meeting registrations that were cancelled, and for which meeting they were. */
  readonly cancelled = new Map<number, unknown>();
  /** Document keys of the images that profiles were given, by relation; null where one was taken away. */
  readonly images = new Map<number, string | null>();
}
