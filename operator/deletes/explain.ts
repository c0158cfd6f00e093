import { readReject, type StoredReject } from '../../lambda/aws/state/reject-store.ts';
import type { Absence } from '../../lambda/core/deletes/absences.ts';
import { chainOf, wordsAbout } from '../../lambda/core/deletes/archive.ts';
import { type Known, wasNeverShown } from '../../lambda/core/deletes/evidence.ts';
import type { JsonObject } from '../../lambda/core/json.ts';
import { keyOf } from '../../lambda/core/pull/key.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import type { Outcome } from '../../lambda/core/push/ledger-entry.ts';
import { streamTableName } from '../../lambda/deployment/names.ts';
import { CommandError } from '../command-error.ts';
import { findStream } from '../config.ts';
import type { Session } from '../session.ts';
import { readItem } from '../tables/read-items.ts';
import { idsMeant } from '../tables/tables.ts';
import { type ArchiveWord, archiveWord } from './show.ts';
import { openForReading, readStreamDeletes } from './stream-deletes.ts';

/** Changes of the ledger that are looked through, the latest first. */
const MOST_CHANGES = 1000;

/** What is known of one object. Plain JSON. */
export interface Story {
  readonly stream: string;
  /** Its `_id`. */
  readonly id: string;
  readonly state: StoryState;
  /** Absent if the table has no item of it. */
  readonly item?: StoredItem;
  /** Absent if the last counted walk showed it, or if it is gone. */
  readonly absence?: Absence & { readonly wasNeverShown: boolean };
  /** The last counted walks, oldest first. */
  readonly walks: readonly WalkSight[];
  readonly archive?: ArchiveWord & {
    /** The objects into which it was merged, one after the other. */
    readonly merges: readonly string[];
  };
  readonly reject?: StoredReject;
  /** Changes whose subject is the object's id or ends with `/` and the id, the latest first. */
  readonly changes: readonly ChangeOfSubject[];
}

/**
 * - `live`: the table has it, and the last counted walk showed it or was before it.
 * - `missed`, `held`, `kept`: as the words in docs/architecture.md say. `asked` counts as missed.
 * - `gone`: a tombstone.
 * - `foreign`: another program wrote the item, so pulls neither mark nor delete it.
 * - `absent`: the table has no item of it.
 */
export type StoryState = 'live' | 'missed' | 'held' | 'kept' | 'gone' | 'foreign' | 'absent';

/** What the pull added to an item, by the attributes' names without the underscore. */
export interface StoredItem {
  readonly changedAt?: string;
  readonly run?: string;
  readonly deletedAt?: string;
  readonly deletedBecause?: string;
  readonly mergedInto?: string;
  /** The whole item. Only if values are asked for. */
  readonly item?: JsonObject;
}

export interface WalkSight {
  readonly walkId: string;
  /** RFC 3339. */
  readonly began: string;
  /**
   * Whether it missed the object. If not, it showed the object, or nothing is known of that: the item is newer, it was gone already,
   * or the counts started over since.
   */
  readonly isMissed: boolean;
}

export interface ChangeOfSubject {
  readonly changeId: string;
  readonly outcome: Outcome;
  readonly operation?: string;
  readonly subject?: string;
  readonly queuedAt: string;
}

/**
 * Reads what is known of one object.
 *
 * @param id - Its `_id`, or the values of its key, joined by `/`.
 * @param isRevealed - Whether its item is read whole, with values.
 * @throws {CommandError} `NOT_FOUND` if nothing is known of it; `USAGE` if the config has no such stream.
 */
export async function explain(
  session: Session,
  name: string,
  id: string,
  isRevealed: boolean,
): Promise<Story> {
  const stream = findStream(session.config, name);
  const ids = [...idsMeant(stream, id)];
  for (const each of ids) {
    const story = await storyOf(session, stream, each, isRevealed);
    if (story !== undefined) return { ...story, changes: await changesOf(session, ids) };
  }
  throw new CommandError('NOT_FOUND', `nothing is known of an object of stream ${name} with that id`);
}

/** @returns Undefined if nothing is known of the object. */
async function storyOf(
  session: Session,
  stream: Stream,
  id: string,
  isRevealed: boolean,
): Promise<Omit<Story, 'changes'> | undefined> {
  const { config, dynamoDb } = session;
  const item = await readItem(dynamoDb, streamTableName(config.environment, stream.name), id);
  const { known } = await readStreamDeletes(session, stream.name);
  const reject = await readReject(session.state(), stream.name, id);
  const archiveKey = archiveKeyOf(stream, id, item);
  const { archive } = openForReading(session, stream);
  const entries = archiveKey && archive ? await archive.read([archiveKey]) : new Map();
  const absence = known.absences.get(id);
  const word = archiveWord(id, known, wordsAbout([{ id, archiveKey }], entries)).archive;
  if ([item, absence, reject, word].every((part) => part === undefined)) return undefined;
  return {
    ...{ stream: stream.name, id, state: stateOf(item, absence) },
    ...(item && { item: storedItem(item, isRevealed) }),
    ...(absence && { absence: { ...absence, wasNeverShown: wasNeverShown(absence, known.evidence) } }),
    walks: sightsOf(known, absence, item),
    ...(word && { archive: { ...word, merges: chainOf(archiveKey ?? id, entries).slice(1) } }),
    ...(reject && { reject }),
  };
}

/** @returns Undefined if an archive by another field finds no key in the item. */
function archiveKeyOf({ archive }: Stream, id: string, item: JsonObject | undefined): string | undefined {
  if (archive?.by === undefined) return id;
  const key = keyOf(item ?? {}, [archive.by]);
  return 'reason' in key ? undefined : key.id;
}

function stateOf(item: JsonObject | undefined, absence: Absence | undefined): StoryState {
  if (item === undefined) return 'absent';
  if (item._deletedAt !== undefined) return 'gone';
  if (typeof item._hash !== 'string') return 'foreign';
  if (absence === undefined) return 'live';
  return absence.mark === 'held' || absence.mark === 'kept' ? absence.mark : 'missed';
}

function storedItem(item: JsonObject, isRevealed: boolean): StoredItem {
  const text = (name: string) => (typeof item[name] === 'string' ? item[name] : undefined);
  const [changedAt, run, deletedAt] = [text('_changedAt'), text('_run'), text('_deletedAt')];
  const [deletedBecause, mergedInto] = [text('_deletedBecause'), text('_mergedInto')];
  return {
    ...(changedAt !== undefined && { changedAt }),
    ...(run !== undefined && { run }),
    ...(deletedAt !== undefined && { deletedAt }),
    ...(deletedBecause !== undefined && { deletedBecause }),
    ...(mergedInto !== undefined && { mergedInto }),
    ...(isRevealed && { item }),
  };
}

/** An absence counts the last walks, and a tombstone names the walks that are its evidence. */
function sightsOf(
  { evidence: { walks } }: Known,
  absence: Absence | undefined,
  item: JsonObject | undefined,
): WalkSight[] {
  const firstMissed = walks.length - (absence?.missed ?? 0);
  const named = new Set(String(item?._deletedBecause ?? '').split(' '));
  return walks.map(({ walkId, began }, index) => ({
    walkId,
    began,
    isMissed: index >= firstMissed || named.has(walkId),
  }));
}

async function changesOf(session: Session, ids: readonly string[]): Promise<ChangeOfSubject[]> {
  const isAbout = (subject = '') => ids.some((id) => subject === id || subject.endsWith(`/${id}`));
  const found: ChangeOfSubject[] = [];
  for await (const page of session.ledger().list({ limit: MOST_CHANGES })) {
    for (const { changeId, outcome, operation, subject, queuedAt } of page) {
      if (!isAbout(subject)) continue;
      found.push({
        changeId,
        outcome,
        ...(operation && { operation }),
        ...(subject && { subject }),
        queuedAt,
      });
    }
  }
  return found;
}
