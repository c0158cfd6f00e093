import { timestamp } from '../clock.ts';
import type { LookFacts } from '../deletes/look.ts';
import { type Access, type Sight, sightOf } from '../deletes/sight.ts';
import type { WalkFacts } from '../deletes/walk-facts.ts';
import type { Stream } from './stream.ts';
import type { Walk } from './walk.ts';

/** How a reading of a stream's list ended. */
export interface EndFacts {
  readonly stream: Stream;
  /** Undefined if no token was granted yet. */
  readonly access: Access | undefined;
  readonly isComplete: boolean;
  readonly isCutShort: boolean;
  readonly nowMs: number;
}

/** Stands in the place of a sight that is not known. A walk with it is no evidence, because its first sight is not known either. */
const UNKNOWN_SIGHT: Sight = { digest: '', scopes: [] };

/** What deletes depend on of a walk that reads no further page. */
export function factsOf(walk: Walk, reading: EndFacts): WalkFacts {
  const { walkId, previous, direction, lastPage, shownAgain = 0, counts, table, readBack } = walk;
  return {
    walkId,
    ...(previous !== undefined && { previous }),
    ...lookFactsOf(walk, reading),
    paging: reading.stream.paging.kind,
    direction,
    isOneWay: walk.isOneWay === true,
    ...(reading.isCutShort && { isCutShort: true }),
    isFull: table.isWhole && readBack === undefined,
    pages: counts.pages,
    ...(lastPage !== undefined && { lastPage }),
    repeated: shownAgain,
    live: table.isWhole ? table.countLive() : 0,
  };
}

/** What the judgement depends on of a look that reads no further page. */
export function lookFactsOf(
  look: Walk,
  { stream, access, isComplete, nowMs }: Omit<EndFacts, 'isCutShort'>,
): LookFacts {
  const { startedAt: began, direction, firstSight, doubts, table } = look;
  return {
    began,
    ended: timestamp(nowMs),
    direction,
    ...(firstSight !== undefined && { firstSight }),
    sight: access === undefined ? (firstSight ?? UNKNOWN_SIGHT) : sightOf(stream, access),
    isComplete,
    isCached: look.isCached === true,
    holes: doubts.hole?.count ?? 0,
    shown: table.seenCount,
  };
}
