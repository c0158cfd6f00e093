import { COUNTS, type CountName, FATES, isRare } from '../core/pull/counts.ts';

/**
 * The metrics that the functions put out, in the embedded metric format: what `lib/` draws and raises alarms on.
 *
 * Dimensions are `Environment`, and for a stream's own also `Stream`; never an id or anything of a person's.
 */
export const METRIC_NAMESPACE = 'ProcuriosSync';

/** Counts of the whole environment, by `Environment`. */
export const METRICS = {
  /** 1 for a run whose streams were all walked to their ends. */
  runComplete: 'RunComplete',
  /** 1 for a run in which a stream failed, or that could not begin. */
  runFailed: 'RunFailed',
  /** Streams of a run that were not walked to their ends, though nothing failed. */
  streamsIncomplete: 'StreamsIncomplete',
  /** Objects that could not be stored. */
  rejects: 'Rejects',
  /** Times that Procurios refused our credentials, our token or a scope, or that a user has to consent anew. */
  accessRefused: 'AccessRefused',
  /** Pauses that Procurios asked for and that ended a slice, and streams that were given up for their length. */
  throttled: 'Throttled',
  changesAccepted: 'ChangesAccepted',
  changesRejected: 'ChangesRejected',
  /** Changes whose outcome is unknown, held for a person. */
  changesUnknown: 'ChangesUnknown',
  /** Changes held for a person because they waited too long. */
  changesHeld: 'ChangesHeld',
  /** Changes that go back to the queue for now. */
  changesWaiting: 'ChangesWaiting',
  /** Messages or events that are no changes. */
  messagesRejected: 'MessagesRejected',
} as const;

type MeteredCount = {
  [Name in CountName]: (typeof COUNTS)[Name] extends { readonly metric: string } ? Name : never;
}[CountName];

/** Metrics of a slice's counts, by `Environment` and `Stream`. Their sums over a night are that night's counts. */
export const STREAM_METRICS = Object.fromEntries(
  Object.entries(COUNTS).flatMap(([name, traits]) => ('metric' in traits ? [[name, traits.metric]] : [])),
) as Readonly<Record<MeteredCount, string>>;

/** The counts that an overview of walks shows. */
export const OVERVIEW_COUNTS: readonly CountName[] = ['fetched', ...FATES.filter((name) => !isRare(name))];
