import { type Evidence, NOTHING_KNOWN } from '../../core/deletes/evidence.ts';
import { fieldsOf, isCount, isFlag, isText, isTime, listOf, oneOf, optional, type Shape } from './shapes.ts';

type ShapesOf<Stored> = Readonly<Record<keyof Stored, Shape>>;

const isWalk = fieldsOf({
  walkId: isText,
  began: isTime,
  ended: isTime,
  direction: oneOf('up', 'down'),
  shown: isCount,
  repeated: isCount,
  holes: isCount,
  live: isCount,
  after: optional(isTime),
} satisfies ShapesOf<Evidence['walks'][number]>);

const isEvidence = fieldsOf({
  sight: optional(fieldsOf({ digest: isText, scopes: listOf(isText) })),
  firstBegan: optional(isTime),
  firstNoted: optional(isTime),
  walks: listOf(isWalk),
  ended: optional(
    fieldsOf({
      walkId: isText,
      began: isTime,
      isCutDown: isFlag,
      notCounted: optional(isText),
    } satisfies ShapesOf<NonNullable<Evidence['ended']>>),
  ),
  failedDowns: isCount,
  cutDownAt: optional(isTime),
  isOneWay: isFlag,
  lastPage: optional(isCount),
  carried: listOf(
    fieldsOf({ walkId: isText, at: isTime, count: isCount } satisfies ShapesOf<Evidence['carried'][number]>),
  ),
  held: optional(
    fieldsOf({
      id: isText,
      count: isCount,
      limit: optional(isCount),
      reason: isText,
      since: isTime,
      sample: listOf(isText),
    } satisfies ShapesOf<NonNullable<Evidence['held']>>),
  ),
  waitingSince: optional(isTime),
  failedLook: optional(isText),
  overflow: isCount,
} satisfies ShapesOf<Evidence>);

/** Reads the evidence in a row. @returns Undefined if it is of another form than this version's, and those before it. */
export function evidenceIn(stored: unknown): Evidence | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const evidence = { ...NOTHING_KNOWN.evidence, ...stored };
  return isEvidence(evidence) ? evidence : undefined;
}
