import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { SIMULATOR_SCOPES, type Simulator } from '../../local/simulator/simulator.ts';
import { dynamoDbOf } from './embedded-aws.ts';
import { type PagingCase, startSmallSimulator } from './paging-kinds.ts';
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
   * @param other - A simulator whose objects the test changes. @default the stage's simulator
   */
  openSite(other?: Simulator): Promise<Site>;
}

/** A stage for each paging kind and one embedded DynamoDB for them all, for the tests of a file. */
export function startStages(cases: readonly PagingCase[]): Stages {
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

/** The stages of a file's tests, once they are started. */
export type Stages = () => readonly Stage[];

/**
 * Does the same on the stages of these cases side by side, before the tests of a group.
 *
 * @returns The outcome, by paging kind.
 */
export function onStages<Outcome>(
  stages: Stages,
  cases: readonly PagingCase[],
  act: (stage: Stage) => Promise<Outcome>,
): (kind: PagingCase['kind']) => Outcome {
  const outcomes = new Map<string, Outcome>();
  beforeAll(async () => {
    const chosen = stages().filter(({ paging }) => cases.includes(paging));
    await Promise.all(chosen.map(async (stage) => outcomes.set(stage.paging.kind, await act(stage))));
  }, 30_000);
  return (kind) => {
    const outcome = outcomes.get(kind);
    if (outcome === undefined) throw new Error(`no outcome of ${kind}`);
    return outcome;
  };
}
