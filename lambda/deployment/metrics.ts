import { COUNTS, type CountName, FATES, isRare } from '../core/pull/counts.ts';

/**
 * Namespace of the metrics that the functions write in the embedded metric format, and that the stack's alarms and dashboard read.
 *
 * Their dimensions are `Environment`, and `Stream` for a stream's counts. Ids and personal data are never among them.
 */
export const METRIC_NAMESPACE = 'ProcuriosSync';

/** Counts of the whole environment, by `Environment`. */
export const METRICS = {
  /** 1 for a run that walked all streams to their ends. */
  runComplete: 'RunComplete',
  /** 1 for a run that could not begin, or in which a stream failed. */
  runFailed: 'RunFailed',
  /** 1 for a start that did nothing, because another pull held the lease. */
  runsSkipped: 'RunsSkipped',
  /** Streams of a run that were not walked to their ends, though nothing failed. */
  streamsIncomplete: 'StreamsIncomplete',
  /** Objects that could not be stored. */
  rejects: 'Rejects',
  /** A level: deletes that are held for an operator now. */
  deletesHeld: 'DeletesHeld',
  /** A level: for how many days no walk has counted of that stream with `fromWalk` of which it is longest. */
  daysUnjudged: 'DaysUnjudged',
  /** Refusals by Procurios of the credentials, a token or a scope, among them those for which a user has to log in again. */
  accessRefused: 'AccessRefused',
  /** Pauses that Procurios asked for and that ended a slice, and streams given up because a pause was too long. */
  throttled: 'Throttled',
  /** Seconds for which the pull made no progress because Procurios asked for a pause, or failed and was asked again later. */
  secondsPaused: 'SecondsPaused',
  changesAccepted: 'ChangesAccepted',
  changesRejected: 'ChangesRejected',
  /** Changes whose outcome became unknown. */
  changesUnknown: 'ChangesUnknown',
  /** A level: changes that are held for an operator now, up to 100. */
  changesHeld: 'ChangesHeld',
  /** A level: how long ago the oldest change in progress was queued, in seconds. 0 if none is in progress. */
  oldestChangeSeconds: 'OldestChangeSeconds',
  /** Deliveries after which a change waits in the queue for its next attempt. */
  changesWaiting: 'ChangesWaiting',
  /** Messages and events that are not changes. */
  messagesRejected: 'MessagesRejected',
} as const;

type MeteredCount = {
  [Name in CountName]: (typeof COUNTS)[Name] extends { readonly metric: string } ? Name : never;
}[CountName];

/** Metrics of a slice's counts. Their sums over a night are that night's counts. */
const SLICE_METRICS = Object.fromEntries(
  Object.entries(COUNTS).flatMap(([name, traits]) => ('metric' in traits ? [[name, traits.metric]] : [])),
) as Readonly<Record<MeteredCount, string>>;

/** Metrics of a stream, by `Environment` and `Stream`. */
export const STREAM_METRICS = {
  ...SLICE_METRICS,
  /** Items that a walk marked as gone, or deleted. */
  gone: 'ObjectsGone',
  /** Items marked as gone whose objects a walk met again. */
  returned: 'ObjectsReturned',
  /** A level: deletes of the stream that are held for an operator now. */
  held: METRICS.deletesHeld,
} as const;

/** The counts that an overview of walks shows. */
export const OVERVIEW_COUNTS: readonly CountName[] = ['fetched', ...FATES.filter((name) => !isRare(name))];
