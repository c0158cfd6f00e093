import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readKnown } from '../../../lambda/aws/state/absence-store.ts';
import { createStateTable } from '../../../lambda/aws/state/state-table.ts';
import type { Known } from '../../../lambda/core/deletes/evidence.ts';
import { turns } from '../../../lambda/core/deletes/policy.ts';
import { msBetween } from '../../../lambda/core/deletes/walk-facts.ts';
import { FATES } from '../../../lambda/core/pull/counts.ts';
import type { Receipt } from '../../../lambda/core/pull/receipt.ts';
import { stateTableName, streamTableName } from '../../../lambda/deployment/names.ts';
import { scanItems } from '../../../operator/tables/read-items.ts';
import type { Stage } from '../sweep/scene.ts';
import type { TableShelf } from '../sweep/shelf.ts';
import { GUARD, type WireHistory } from './history.ts';

const HOUR_MS = 3_600_000;

type Item = Readonly<Record<string, unknown>>;

/** Holds the tables after each pull against the simulator's own record, and notes what must not be. */
export class WireReferee {
  readonly violations: string[] = [];
  tombstones = 0;
  readonly #history: WireHistory;
  readonly #stage: Stage;
  readonly #shelf: TableShelf;
  readonly #dynamoDb: DynamoDBClient;
  /** Moments of the record in which counted walks began. */
  readonly #began = new Map<string, number>();
  #walkBegan: number | undefined;
  #before: Known | undefined;
  #buried = new Set<string>();
  #carried: { readonly at: number; readonly count: number }[] = [];
  #name = '';

  constructor(history: WireHistory, stage: Stage, shelf: TableShelf, dynamoDb: DynamoDBClient) {
    this.#history = history;
    this.#stage = stage;
    this.#shelf = shelf;
    this.#dynamoDb = dynamoDb;
  }

  /** Called before a pull. */
  begins(name: string): void {
    this.#name = name;
    this.#walkBegan ??= this.#stage.simulator.control.moment();
  }

  /** Called after a pull, with its receipt. */
  async ends(receipt: Receipt): Promise<Known> {
    const known = await this.#known();
    const last = known.evidence.walks.at(-1);
    if (last !== undefined && !this.#began.has(last.walkId)) {
      this.#began.set(last.walkId, this.#walkBegan ?? 0);
      this.#checkDistance(known);
    }
    this.#checkReceipt(receipt);
    if (receipt.evidence !== 'counted') this.#checkUncounted(known);
    this.#checkTombstones(await this.#items(), receipt, known);
    if (!(await this.#shelf.keepsWalk())) this.#walkBegan = undefined;
    this.#before = known;
    return known;
  }

  /** After two quiet walks: whether the table equals the listing. */
  async checkEqual(): Promise<void> {
    const items = await this.#items();
    for (const [key, revision] of this.#stage.record().revisions) {
      const item = items.get(key);
      if (item === undefined || isTombstone(item)) this.#note(`LOST: ${key}`);
      else if (Number(item.revision ?? 0) !== revision) this.#note(`STALE: ${key}`);
    }
  }

  /** After quiet counted walks, one more than an object must miss: whether all that is gone has its fate, and is counted. */
  async checkGone(receipt: Receipt, { evidence, absences }: Known): Promise<void> {
    const items = await this.#items();
    const { revisions } = this.#stage.record();
    const unlisted = [...items].filter(([key, item]) => !isTombstone(item) && !revisions.has(key));
    const { missed = 0, held = 0, kept = 0, overflow = 0 } = receipt;
    if (unlisted.length !== missed + held + kept + overflow) {
      this.#note(
        `${unlisted.length} live items are unlisted, but the receipt knows ${missed}+${held}+${kept}`,
      );
    }
    for (const [key] of unlisted) {
      const absence = absences.get(key);
      const isExplained = absence?.mark === 'held' || evidence.waitingSince !== undefined;
      if (this.#history.mode === 'fromWalk' && !isExplained) {
        this.#note(`LATE: ${key} is gone, and is ${JSON.stringify(absence)}`);
      }
    }
  }

  /** Whether an item of others is as it was, and no value of a field stands in the state table. */
  async checkUntouched(foreign: Item, secret: string): Promise<void> {
    const { environment } = this.#shelf.config;
    const found: Item[] = [];
    for await (const page of scanItems(this.#dynamoDb, this.#tableName, { withDeleted: true })) {
      found.push(...page.filter(({ _hash }) => _hash === undefined));
    }
    if (JSON.stringify(found) !== JSON.stringify([foreign])) this.#note('the item of others was touched');
    for await (const page of scanItems(this.#dynamoDb, stateTableName(environment), { withDeleted: true })) {
      if (JSON.stringify(page).includes(secret)) this.#note('a value of a field is in the state table');
    }
  }

  get #tableName(): string {
    return streamTableName(this.#shelf.config.environment, this.#stage.stream.name);
  }

  async #known(): Promise<Known> {
    const state = createStateTable(this.#dynamoDb, stateTableName(this.#shelf.config.environment));
    return (await readKnown(state, this.#stage.stream.name)).known;
  }

  /** The items of the pull, tombstones included, by `_id`. */
  async #items(): Promise<Map<string, Item>> {
    const items = new Map<string, Item>();
    for await (const page of scanItems(this.#dynamoDb, this.#tableName, { withDeleted: true })) {
      for (const item of page) if (item._hash !== undefined) items.set(String(item._id), item);
    }
    return items;
  }

  #checkReceipt(receipt: Receipt): void {
    const accounted = FATES.reduce((sum, fate) => sum + receipt[fate], 0);
    if (accounted !== receipt.fetched) this.#note(`${receipt.fetched} fetched, ${accounted} accounted for`);
    const code = receipt.error?.code;
    if (code === 'UNBALANCED' || code === 'BUG') this.#note(`${code}: ${receipt.error?.message}`);
  }

  #checkDistance({ evidence: { walks } }: Known): void {
    const [before, last] = walks.slice(-2);
    if (before === undefined || last === undefined) return;
    if (msBetween(before.began, last.began) < 10 * HOUR_MS) this.#note('the walk counts, but began too soon');
  }

  #checkUncounted({ absences }: Known): void {
    for (const [id, { missed }] of absences) {
      const earlier = this.#before?.absences.get(id)?.missed ?? 0;
      if (missed > earlier) this.#note(`the walk does not count, but ${id} is missed`);
    }
  }

  #checkTombstones(items: ReadonlyMap<string, Item>, { live = 0 }: Receipt, known: Known): void {
    const all = new Set([...items].filter(([, item]) => isTombstone(item)).map(([key]) => key));
    const added = [...all].filter((key) => !this.#buried.has(key));
    this.#buried = all;
    this.tombstones += added.length;
    if (added.length === 0) return;
    if (this.#history.mode === 'report')
      this.#note(`${added.length} tombstones of a stream that only reports`);
    for (const key of added) this.#checkEvidence(key, String(items.get(key)?._deletedBecause), known);
    this.#checkLimits(added.length, Math.max(live, items.size - all.size));
  }

  #checkEvidence(key: string, because: string, { evidence }: Known): void {
    const [word, ...walkIds] = because.split(' ');
    const { goneAfter, kind } = this.#history;
    const named = evidence.walks.filter(({ walkId }) => walkIds.includes(walkId));
    if (word !== 'absent' || named.length !== walkIds.length || named.length < goneAfter) {
      this.#note(`${key} is a tombstone, ${because}, but only ${named.length} of these walks counted`);
    }
    const isEmpty = named.some(({ shown }) => shown === 0);
    if (turns(kind) && !isEmpty && new Set(named.map(({ direction }) => direction)).size < 2) {
      this.#note(`${key} was only missed in one direction`);
    }
    const from = Math.min(...walkIds.map((walkId) => this.#began.get(walkId) ?? Number.POSITIVE_INFINITY));
    if (from === Number.POSITIVE_INFINITY) return;
    const { control } = this.#stage.simulator;
    const stood = this.#stage.standingSince({ moment: from, revisions: new Map() });
    if (stood.includes(key)) {
      this.#note(`WRONG: ${key} is a tombstone, ${because}, from moment ${from} to ${control.moment()}`);
    }
  }

  #checkLimits(count: number, live: number): void {
    const limit = Math.min(Math.max(10, GUARD.share * live), Math.floor(live / 2));
    const at = Date.now();
    this.#carried = [...this.#carried, { at, count }].filter((each) => at - each.at < 7 * 24 * HOUR_MS);
    const inWeek = this.#carried.reduce((sum, each) => sum + each.count, 0);
    if (count > limit) this.#note(`${count} were carried, of at most ${limit}`);
    if (inWeek > 3 * limit) this.#note(`${inWeek} were carried in a week, of at most ${3 * limit}`);
  }

  #note(violation: string): void {
    this.violations.push(`${this.#name}: ${violation}`);
  }
}

function isTombstone({ _deletedAt }: Item): boolean {
  return _deletedAt !== undefined;
}
