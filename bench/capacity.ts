import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { stateTableName } from '../lambda/deployment/names.ts';
import { startEmbeddedAws } from '../local/endpoints/embedded-aws.ts';
import { start } from './processes.ts';
import { type Measured, type Round, tableNameOf } from './scripts/round.ts';
import { type CapacityMeter, startCapacityMeter } from './stand-ins/capacity-meter.ts';
import { startScript } from './surroundings.ts';

/** Capacity units that a pull consumes in a stream's table, per object. */
export interface CapacityUse {
  readonly label: string;
  readonly readPerObject: number;
  readonly writePerObject: number;
}

const ROUND: Round = {
  environment: 'capacity',
  listing: 'after',
  objects: 1_000,
  perPage: 100,
  revision: 0,
  revisedEvery: 1,
  kilobytes: 1,
};
const CASES = [
  { label: 'new', round: ROUND },
  { label: 'unchanged', round: ROUND },
  { label: 'changed', round: { ...ROUND, revision: 1 } },
];

/** Measures three pulls into dynalite, which counts capacity units as DynamoDB does. */
export async function measureCapacity(): Promise<CapacityUse[]> {
  const aws = await startEmbeddedAws();
  const endpoint = aws.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '';
  await createTables(endpoint);
  const meter = await startCapacityMeter(endpoint);
  try {
    return await pullThrough(meter);
  } finally {
    meter.close();
    await aws.close();
  }
}

async function pullThrough(meter: CapacityMeter): Promise<CapacityUse[]> {
  const procurios = await start('./stand-ins/procurios.ts');
  const script = await startScript('procurios-sync', {
    procuriosHost: procurios.greeting,
    dynamoDbUrl: meter.url,
  });
  const uses: CapacityUse[] = [];
  for (const { label, round } of CASES) {
    const { fetched } = await script.ask<Measured>(round);
    const { read, write } = meter.take(tableNameOf(round));
    uses.push({ label, readPerObject: read / fetched, writePerObject: write / fetched });
  }
  script.end();
  procurios.end();
  return uses;
}

async function createTables(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });
  const create = (TableName: string, ...keys: string[]) =>
    client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keys.map((AttributeName, index) => ({
          AttributeName,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
      }),
    );
  await create(tableNameOf(ROUND), '_id');
  await create(stateTableName(ROUND.environment), 'pk', 'sk');
  client.destroy();
}
