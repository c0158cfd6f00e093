import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { SIMULATOR_SCOPES, type Simulator } from '../../local/simulator/simulator.ts';
import { dynamoDbOf } from './embedded-aws.ts';
import { PAGING_CASES, type PagingCase, startSmallSimulator } from './paging-kinds.ts';
import { type Contents, readPlainly } from './plain-listing.ts';
import { openSite, type Site } from './pull-harness.ts';

/** Where pulls of one paging kind take place: a simulator whose objects stay as they are. */
export interface Stage {
  readonly paging: PagingCase;
  readonly simulator: Simulator;
  readonly listing: Contents;
  /**
   * Fresh tables; the simulator's faults are cleared.
   *
   * @param other - In the place of the stage's own simulator, for whoever changes its objects.
   */
  openSite(other?: Simulator): Promise<Site>;
}

/** A stage for each paging kind and one embedded DynamoDB for them all, for the tests of a file. */
export function startStages(cases: readonly PagingCase[] = PAGING_CASES): () => readonly Stage[] {
  let aws: EmbeddedAws | undefined;
  let dynamoDb: DynamoDBClient | undefined;
  let stages: readonly Stage[] = [];
  beforeAll(async () => {
    aws = await startEmbeddedAws();
    const client = dynamoDbOf(aws);
    dynamoDb = client;
    stages = await Promise.all(cases.map((paging) => startStage(client, paging)));
  }, 30_000);
  afterAll(async () => {
    await Promise.all(stages.map(({ simulator }) => simulator.close()));
    dynamoDb?.destroy();
    await aws?.close();
  });
  return () => stages;
}

async function startStage(dynamoDb: DynamoDBClient, paging: PagingCase): Promise<Stage> {
  const simulator = await startSmallSimulator();
  const listing = await readPlainly(simulator, paging, SIMULATOR_SCOPES);
  return { paging, simulator, listing, openSite: (other = simulator) => openSite(dynamoDb, other, paging) };
}

/**
 * Does the same on all stages beside each other, before the tests of a group.
 *
 * @returns What it came to, by paging kind.
 */
export function onAllStages<Outcome>(
  stages: () => readonly Stage[],
  act: (stage: Stage) => Promise<Outcome>,
): (kind: PagingCase['kind']) => Outcome {
  const outcomes = new Map<string, Outcome>();
  beforeAll(async () => {
    await Promise.all(stages().map(async (stage) => outcomes.set(stage.paging.kind, await act(stage))));
  }, 30_000);
  return (kind) => {
    const outcome = outcomes.get(kind);
    if (outcome === undefined) throw new Error(`nothing was done for ${kind}`);
    return outcome;
  };
}
