import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { forEach } from '../../lambda/aws/dynamodb/for-each.ts';
import { createStreamTable } from '../../lambda/aws/dynamodb/stream-table.ts';
import { createAbsenceStore } from '../../lambda/aws/state/absence-store.ts';
import { deleteRows, queryRows } from '../../lambda/aws/state/rows.ts';
import { STATE_KEYS } from '../../lambda/aws/state/state-keys.ts';
import { createStateTable, type StateTable } from '../../lambda/aws/state/state-table.ts';
import { decide } from '../../lambda/core/deletes/decide.ts';
import { findDue } from '../../lambda/core/deletes/due.ts';
import type { Known } from '../../lambda/core/deletes/evidence.ts';
import type { JsonObject } from '../../lambda/core/json.ts';
import { isReject, prepare } from '../../lambda/core/pull/prepare.ts';
import { ITEMS_PER_WRITE } from '../../lambda/core/pull/table-writer.ts';
import { stateTableName, streamTableName } from '../../lambda/deployment/names.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import { scanItems } from '../../operator/tables/read-items.ts';
import { newFolder, type Setting, writeConfig } from './command-line.ts';
import { at, idsOf, knownAfter, POLICY } from './deletes/facts.ts';
import { dynamoDbOf } from './embedded-aws.ts';
import { streamOf } from './streams.ts';

const NEVER_ENDS = { guard: () => new AbortController().signal };

const stream = { mediaType: 'application/json', key: 'id' };
const hal = { kind: 'hal' };
export const HELD_CONFIG = {
  environment: 'held',
  host: 'https://procurios.example.com',
  auth: { grant: 'clientCredentials', scopes: ['things'] },
  streams: [
    { ...stream, name: 'things', path: '/things', paging: hal, deletes: 'fromWalk', archive: 'archived' },
    { ...stream, name: 'archived', path: '/archived', paging: hal, deletes: 'never' },
    { ...stream, name: 'reported', path: '/reported', paging: hal, deletes: 'report' },
  ],
} as const;

/** The twelve objects of twenty that three walks missed, sorted as text. */
export const MISSED = idsOf(12).toSorted();

/** What is known after three walks that missed {@link MISSED}: they are held, because they are more than half of the table. */
export function heldKnown(missed: readonly string[] = MISSED): Known {
  const known = knownAfter([], missed, missed, missed);
  const moment = { walkId: 'walk-4', now: at(4, 1), live: 20 };
  return decide(known, findDue(known, POLICY, new Map()), moment, POLICY, []).known;
}

/** An environment in AWS's stead whose stream `things` holds deletes. Its other streams are empty. */
export interface HeldWorld {
  readonly aws: EmbeddedAws;
  readonly dynamoDb: DynamoDBClient;
  readonly state: StateTable;
  readonly setting: Setting;
  /** Forgets all commands, and gives the stream `things` these items, and this knowledge. */
  reset(known?: Known, items?: readonly string[]): Promise<void>;
  /** Saves what is known of a stream, as a pull does. */
  save(name: string, known: Known): Promise<void>;
  store(name: string, objects: readonly JsonObject[]): Promise<void>;
  close(): Promise<void>;
}

export async function openHeldWorld(): Promise<HeldWorld> {
  const aws = await startEmbeddedAws();
  const dynamoDb = dynamoDbOf(aws);
  await createTables(dynamoDb, HELD_CONFIG);
  const state = createStateTable(dynamoDb, stateTableName('held'));
  const setting = { cwd: await newFolder('deletes'), env: { ...aws.environment } };
  await writeConfig(setting.cwd, HELD_CONFIG);
  const world: Omit<HeldWorld, 'reset'> = {
    aws,
    dynamoDb,
    state,
    setting,
    save: (name, known) => saveKnown(state, name, known),
    store: (name, objects) => storeObjects(dynamoDb, streamTableName('held', name), objects),
    async close() {
      dynamoDb.destroy();
      await aws.close();
    },
  };
  return {
    ...world,
    async reset(known = heldKnown(), items = idsOf(20)) {
      for (const pk of ['absence#things', 'absence#old', 'walk#things', 'stream#things']) {
        await deleteRows(state, await queryRows(state, { pk, sk: '' }), systemClock);
      }
      await empty(dynamoDb, streamTableName('held', 'things'));
      await world.store(
        'things',
        items.map((id) => ({ id, name: `secret ${id}` })),
      );
      await world.save('things', known);
    },
  };
}

/** Saves what is known of a stream's absent objects, as the pull that wrote it last does. */
export async function saveKnown(state: StateTable, name: string, known: Known): Promise<void> {
  const row = await state.get(STATE_KEYS.evidence(name));
  const lease = { ...NEVER_ENDS, fence: Number(row?.fence ?? 0) };
  await createAbsenceStore({ state, lease, clock: systemClock }).save(name, known);
}

/** Stores objects, whose key is `id`, as a pull does. */
export async function storeObjects(
  client: DynamoDBClient,
  tableName: string,
  objects: readonly JsonObject[],
): Promise<void> {
  const table = createStreamTable({
    client,
    tableName,
    runId: 'run-1',
    lease: NEVER_ENDS,
    clock: systemClock,
  });
  const items = objects.flatMap((object) => {
    const prepared = prepare(object, streamOf(), { page: 1, index: 0 });
    return isReject(prepared) ? [] : prepared;
  });
  for (let start = 0; start < items.length; start += ITEMS_PER_WRITE) {
    await table.write(items.slice(start, start + ITEMS_PER_WRITE));
  }
}

async function empty(dynamoDb: DynamoDBClient, TableName: string): Promise<void> {
  for await (const items of scanItems(dynamoDb, TableName, { withDeleted: true })) {
    await forEach(items, async ({ _id }) => {
      await dynamoDb.send(new DeleteItemCommand({ TableName, Key: { _id: { S: String(_id) } } }));
    });
  }
}
