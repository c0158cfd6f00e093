import type { StreamInput, StreamOverrides } from '../define-config.ts';

/** Parameters that limit a listing to a window in time. */
const WINDOW = ['since', 'until', 'dateCreatedFrom', 'dateCreatedUntil'];

/**
 * Why walks cannot prove that an object is gone which the listing does not show.
 *
 * @param paging - The kind of paging.
 * @param parameters - Names of the query's parameters.
 * @returns Reasons to write after "because"; empty if there is none.
 */
export function whyAbsenceProvesNothing(paging: unknown, parameters: readonly string[]): readonly string[] {
  const isWindow = parameters.some((name) => WINDOW.includes(name));
  return [
    ...(isWindow ? ['objects leave a list by themselves that its query limits to a window in time'] : []),
    // Pages with numbers can be read from the last to the first, too.
    ...(paging === 'linkedPages'
      ? [
          'pages that are only linked are read in one direction, in which a moved object can be missed again and again',
        ]
      : []),
  ];
}

/**
 * The catalogue's choice for a listing whose objects stay until they are removed in Procurios: their items are marked as deleted,
 * unless the stream is configured so that absence proves nothing.
 */
export function carriedIfProven({ query = {}, paging }: StreamOverrides): StreamInput['deletes'] {
  return whyAbsenceProvesNothing(paging?.kind, Object.keys(query)).length === 0 ? 'fromWalk' : 'report';
}
