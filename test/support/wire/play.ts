import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Known } from '../../../lambda/core/deletes/evidence.ts';
import type { Receipt } from '../../../lambda/core/pull/receipt.ts';
import { streamTableName } from '../../../lambda/deployment/names.ts';
import { Draws } from '../../../local/simulator/data/draws.ts';
import type { Fault } from '../../../local/simulator/simulator.ts';
import { openStage, type Stage } from '../sweep/scene.ts';
import { openTables, type TableShelf } from '../sweep/shelf.ts';
import { drawMisbehaviour, drawWireHistory, type WireHistory } from './history.ts';
import { WireReferee } from './referee.ts';
import { shiftedClock } from './shifted-clock.ts';

const FOREIGN = { _id: 'an item of others' };
const SECRET = 'a value that is personal';
const MOST_QUIET_NIGHTS = 12;

/** The histories that broke a rule, each with its seed, and how many tombstones there were in all. */
export interface WireSweep {
  readonly failures: readonly string[];
  readonly tombstones: number;
}

/** Plays the histories of so many seeds. If the environment variable SWEEP_SEED is set, only that of this seed. */
export async function sweepOverHttp(
  first: number,
  count: number,
  dynamoDb: DynamoDBClient,
): Promise<WireSweep> {
  const only = process.env.SWEEP_SEED;
  const seeds =
    only === undefined ? Array.from({ length: count }, (_, index) => first + index) : [Number(only)];
  const failures: string[] = [];
  let tombstones = 0;
  for (const seed of seeds) {
    const history = drawWireHistory(seed);
    const referee = await play(history, dynamoDb);
    tombstones += referee.tombstones;
    const { violations } = referee;
    if (violations.length === 0) continue;
    failures.push(`SWEEP_SEED=${seed}: ${violations.slice(0, 5).join('; ')}\n${JSON.stringify(history)}`);
  }
  return { failures, tombstones };
}

async function play(history: WireHistory, dynamoDb: DynamoDBClient): Promise<WireReferee> {
  await using stage = await openStage(history);
  const { mode: deletes, goneAfter } = history;
  const judged = { ...stage, stream: { ...stage.stream, deletes, goneAfter } };
  await using shelf = await openTables(dynamoDb)(judged);
  const clock = shiftedClock();
  try {
    const world = new World(history, stage, shelf, dynamoDb, clock.pass);
    await world.begin();
    for (let night = 1; night <= history.nights; night += 1) await world.playNight(night);
    await world.playQuietNights();
    return world.referee;
  } finally {
    clock.restore();
  }
}

/** Everything that happens to a listing and its mirror, drawn from the history's seed. */
class World {
  readonly referee: WireReferee;
  readonly #history: WireHistory;
  readonly #stage: Stage;
  readonly #shelf: TableShelf;
  readonly #dynamoDb: DynamoDBClient;
  readonly #pass: (hours: number) => void;
  readonly #draws: Draws;
  readonly #removed: number[] = [];

  constructor(
    history: WireHistory,
    stage: Stage,
    shelf: TableShelf,
    dynamoDb: DynamoDBClient,
    pass: (hours: number) => void,
  ) {
    this.#history = history;
    this.#stage = stage;
    this.#shelf = shelf;
    this.#dynamoDb = dynamoDb;
    this.#pass = pass;
    this.#draws = new Draws(history.seed, 4, 0);
    this.referee = new WireReferee(history, stage, shelf, dynamoDb);
  }

  /** Gives each object a value that must stay out of the state table, and puts an item of others into the table. */
  async begin(): Promise<void> {
    const { control } = this.#stage.simulator;
    const { objectKind } = this.#stage.paging;
    for (const number of control.standing(objectKind)) control.edit(objectKind, number, { note: SECRET });
    const TableName = streamTableName(this.#shelf.config.environment, this.#stage.stream.name);
    await DynamoDBDocumentClient.from(this.#dynamoDb).send(new PutCommand({ TableName, Item: FOREIGN }));
  }

  async playNight(night: number): Promise<void> {
    const { always, chances } = this.#history;
    if (night > 1) this.#changeByDay();
    // The first night shows all objects, so that few of them were never shown.
    const faults =
      night === 1 ? always.slice(0, 1) : [...always, ...drawMisbehaviour(this.#draws, this.#history)];
    const stopsAfter = night > 1 && this.#draws.chance(chances.stop) ? this.#draws.between(1, 8) : undefined;
    await this.#pull(`night ${night}`, faults, stopsAfter);
    let hours = 24;
    if (this.#draws.chance(chances.secondPull)) {
      const after = this.#draws.between(1, 8);
      this.#pass(after);
      hours -= after;
      await this.#pull(`second pull of night ${night}`, always);
    }
    this.#pass(hours);
  }

  /** Pulls undisturbed until two walks are complete, and then until all that is gone was missed often enough. */
  async playQuietNights(): Promise<void> {
    const enough = this.#history.goneAfter + 1;
    let complete = 0;
    let counted = 0;
    for (let night = 1; counted < enough && night <= MOST_QUIET_NIGHTS; night += 1) {
      const [receipt, known] = await this.#pull(`quiet night ${night}`, this.#history.always.slice(0, 1));
      this.#pass(24);
      if (receipt.status === 'complete') complete += 1;
      if (receipt.evidence === 'counted') counted += 1;
      if (complete === 2) await this.referee.checkEqual();
      if (counted === enough) await this.referee.checkGone(receipt, known);
    }
    if (counted < enough) this.referee.violations.push(`only ${counted} quiet nights counted`);
    await this.referee.checkUntouched(FOREIGN, SECRET);
  }

  async #pull(name: string, faults: readonly Fault[], stopsAfter?: number): Promise<[Receipt, Known]> {
    this.#stage.misbehave(faults);
    this.#stage.simulator.control.beginWalk();
    this.referee.begins(name);
    const receipt = await this.#shelf.pull(stopsAfter);
    this.#stage.behave();
    return [receipt, await this.referee.ends(receipt)];
  }

  #changeByDay(): void {
    const { control } = this.#stage.simulator;
    const { objectKind } = this.#stage.paging;
    const present = control.standing(objectKind);
    for (let count = this.#draws.below(4); count > 0; count -= 1) {
      const [number] = present.splice(this.#draws.below(present.length), 1);
      if (number === undefined) continue;
      control.remove(objectKind, number);
      this.#removed.push(number);
    }
    for (let count = this.#draws.below(4); count > 0; count -= 1)
      control.create(objectKind, { note: SECRET });
    for (let count = this.#draws.below(6); count > 0; count -= 1) this.#stage.edit(this.#draws.below(200));
    const back = this.#draws.chance(25) ? this.#removed.shift() : undefined;
    if (back !== undefined) control.restore(objectKind, back);
  }
}
