import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readKnown } from '../../../lambda/aws/state/absence-store.ts';
import { createStateTable } from '../../../lambda/aws/state/state-table.ts';
import type { Known } from '../../../lambda/core/deletes/evidence.ts';
import type { Receipt } from '../../../lambda/core/pull/receipt.ts';
import { stateTableName, streamTableName } from '../../../lambda/deployment/names.ts';
import type { Fault } from '../../../local/simulator/simulator.ts';
import { scanItems } from '../../../operator/tables/read-items.ts';
import { openStage, type Scene, type Stage } from '../sweep/scene.ts';
import { openTables } from '../sweep/shelf.ts';
import { shiftedClock } from './shifted-clock.ts';

/** A listing of the simulator that is pulled night after night. */
export interface WireNights extends AsyncDisposable {
  readonly stage: Stage;
  /** Pulls under these faults, 24 hours after the pull before. */
  night(faults?: readonly Fault[]): Promise<Receipt>;
  /** Pulls so many nights. @returns Their receipts. */
  nights(count: number, faults?: readonly Fault[]): Promise<Receipt[]>;
  known(): Promise<Known>;
  /** The keys of the live items, ascending. */
  live(): Promise<string[]>;
  tombstones(): Promise<string[]>;
}

/** @param goneAfter - Counted walks in a row that must miss an object. */
export async function openWireNights(
  scene: Scene,
  dynamoDb: DynamoDBClient,
  goneAfter = 3,
): Promise<WireNights> {
  const stage = await openStage(scene);
  const stream = { ...stage.stream, deletes: 'fromWalk' as const, goneAfter };
  const shelf = await openTables(dynamoDb)({ simulator: stage.simulator, stream });
  const clock = shiftedClock();
  const { environment } = shelf.config;
  const keys = async (isWanted: (isTombstone: boolean) => boolean): Promise<string[]> => {
    const found: string[] = [];
    const tableName = streamTableName(environment, stream.name);
    for await (const page of scanItems(dynamoDb, tableName, { withDeleted: true })) {
      for (const { _id, _deletedAt } of page) if (isWanted(_deletedAt !== undefined)) found.push(String(_id));
    }
    return found.sort((one, other) => Number(one) - Number(other));
  };
  const night = async (faults: readonly Fault[] = []): Promise<Receipt> => {
    clock.pass(24);
    stage.misbehave(faults);
    stage.simulator.control.beginWalk();
    const receipt = await shelf.pull();
    stage.behave();
    return receipt;
  };
  return {
    stage,
    night,
    async nights(count, faults) {
      const receipts: Receipt[] = [];
      for (let each = 1; each <= count; each += 1) receipts.push(await night(faults));
      return receipts;
    },
    known: async () =>
      (await readKnown(createStateTable(dynamoDb, stateTableName(environment)), stream.name)).known,
    live: () => keys((isTombstone) => !isTombstone),
    tombstones: () => keys((isTombstone) => isTombstone),
    async [Symbol.asyncDispose]() {
      clock.restore();
      await stage[Symbol.asyncDispose]();
    },
  };
}
