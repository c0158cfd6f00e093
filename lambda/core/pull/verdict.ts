import type { Failure, Receipt, RunReceipt, WalkStatus } from './receipt.ts';

/** A run's status: the worst of its streams' statuses. */
export function runStatus(receipts: readonly Receipt[]): WalkStatus {
  const statuses = new Set(receipts.map(({ status }) => status));
  if (statuses.has('failed')) return 'failed';
  return statuses.has('incomplete') ? 'incomplete' : 'complete';
}

/** Whether a run asked for a page of the stream. If not, the receipt only says that the run stopped before. */
export function wasBegun({ error, pages, requests }: Receipt): boolean {
  return error?.code !== 'INTERRUPTED' || pages > 0 || requests > 0;
}

/** How far another machine's clock may be ahead before its times are not believed. 5 minutes, AWS's own limit. */
export const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

/** Whether a stored time is not later than now, apart from a small difference between two clocks. */
export function isPast(time: string, nowMs: number): boolean {
  return Date.parse(time) <= nowMs + CLOCK_TOLERANCE_MS;
}

/** What is known of a stream and its table. */
export interface StreamEvidence {
  readonly name: string;
  /** When the last complete walk began, RFC 3339; undefined if no complete walk is known. */
  readonly wholeAsOf?: string;
  /** The stream's last walk with a receipt; undefined if the latest runs have no receipt of it. */
  readonly lastWalk?: Receipt;
  /** How many of its objects could not be stored. */
  readonly rejects: number;
}

/** What is known of an environment's pulls. */
export interface Evidence {
  /** The configured streams. */
  readonly streams: readonly StreamEvidence[];
  /** The latest run that began in the past; undefined if no run did. */
  readonly latestRun?: RunReceipt;
  /** When a run began according to its receipt, if that is in the future, RFC 3339; undefined if no receipt says so. */
  readonly futureRun?: string;
  /** The pull that ended without releasing its lease; undefined if the last one released it. */
  readonly cutOff?: { readonly owner: string; readonly since: string };
  /** When the pull in progress began, RFC 3339; undefined if no pull is in progress. */
  readonly pullingSince?: string;
  readonly nowMs: number;
  /** Milliseconds after which a complete walk is too old; undefined if pulls have no schedule. */
  readonly tooOldMs?: number;
}

/** A reason why an environment's pulls are not well. */
export type Doubt =
  /** The last pull did not end, and no later one has noticed. */
  | { readonly kind: 'cutOff'; readonly owner: string; readonly since: string }
  /** The last run was cut off, as a later one noticed, or an error ended it as a whole. */
  | { readonly kind: 'runFailed'; readonly startedAt: string; readonly error: Failure }
  /** A run, or a stream's complete walk, began in the future, so a clock is or was wrong. */
  | { readonly kind: 'future'; readonly startedAt: string; readonly stream?: string }
  /** The last walk of these streams was not complete, each with the same status and error code. */
  | {
      readonly kind: 'walk';
      readonly status: Exclude<WalkStatus, 'complete'>;
      readonly streams: readonly string[];
      /** The first stream's error; undefined if its receipt has none. */
      readonly error?: Failure;
    }
  /** These streams have never had a complete walk, and the last one did not fail. */
  | { readonly kind: 'never'; readonly streams: readonly string[] }
  /** The last complete walk of these streams is too old. */
  | { readonly kind: 'old'; readonly streams: readonly string[]; readonly oldest: string }
  /** Objects that could not be stored. */
  | { readonly kind: 'rejects'; readonly stream: string; readonly count: number };

/**
 * Judges an environment's pulls. They are well only if every configured stream has a complete walk that is young enough, its
 * last walk was complete and without rejects, and the last run ended. A stream has one doubt at most about its walks.
 *
 * @returns The doubts; empty if the pulls are well.
 */
export function doubtsAbout(evidence: Evidence): Doubt[] {
  const { streams } = evidence;
  return [
    ...runDoubts(evidence),
    ...walkDoubts(streams),
    ...ageDoubts(evidence),
    ...streams.flatMap(({ name, rejects }): Doubt[] =>
      rejects > 0 ? [{ kind: 'rejects', stream: name, count: rejects }] : [],
    ),
  ];
}

function runDoubts({ latestRun, futureRun, cutOff, streams, nowMs }: Evidence): Doubt[] {
  const doubts: Doubt[] = [];
  if (cutOff !== undefined) doubts.push({ kind: 'cutOff', owner: cutOff.owner, since: cutOff.since });
  if (latestRun?.error !== undefined) {
    doubts.push({ kind: 'runFailed', startedAt: latestRun.startedAt, error: latestRun.error });
  }
  if (futureRun !== undefined) doubts.push({ kind: 'future', startedAt: futureRun });
  for (const { name, wholeAsOf } of streams) {
    if (wholeAsOf === undefined || isPast(wholeAsOf, nowMs)) continue;
    doubts.push({ kind: 'future', startedAt: wholeAsOf, stream: name });
  }
  return doubts;
}

/** One doubt for all streams with the same error code, because one cause often stops several. */
function walkDoubts(streams: readonly StreamEvidence[]): Doubt[] {
  const alike = Map.groupBy(streams.filter(isBroken), ({ lastWalk }) =>
    [lastWalk.status, lastWalk.error?.code].join(' '),
  );
  return [...alike.values()].map((group) => {
    const [{ status, error }] = group.map(({ lastWalk }) => lastWalk) as [BrokenWalk];
    const names = group.map(({ name }) => name);
    return { kind: 'walk', status, streams: names, ...(error && { error }) };
  });
}

type BrokenWalk = Receipt & { readonly status: Exclude<WalkStatus, 'complete'> };

function isBroken(stream: StreamEvidence): stream is StreamEvidence & { readonly lastWalk: BrokenWalk } {
  return stream.lastWalk !== undefined && stream.lastWalk.status !== 'complete';
}

function ageDoubts({ streams, pullingSince, nowMs, tooOldMs = Infinity }: Evidence): Doubt[] {
  const sound = streams.filter((stream) => !isBroken(stream));
  const never = sound.filter(({ wholeAsOf }) => wholeAsOf === undefined).map(({ name }) => name);
  // A pull in progress is what makes a table young again, so its own time does not count.
  const atMs = pullingSince === undefined ? nowMs : Math.min(nowMs, Date.parse(pullingSince));
  const ages = sound.flatMap(({ name, wholeAsOf }) => (wholeAsOf === undefined ? [] : [{ name, wholeAsOf }]));
  const old = ages.filter(({ wholeAsOf }) => atMs - Date.parse(wholeAsOf) > tooOldMs);
  const [oldest] = old.map(({ wholeAsOf }) => wholeAsOf).sort();
  return [
    ...(never.length > 0 ? [{ kind: 'never', streams: never } as const] : []),
    ...(oldest !== undefined ? [{ kind: 'old', streams: old.map(({ name }) => name), oldest } as const] : []),
  ];
}
