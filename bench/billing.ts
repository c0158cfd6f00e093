import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { stateTableName } from '../lambda/deployment/names.ts';
import { startEmbeddedAws } from '../local/endpoints/embedded-aws.ts';
import { EMBEDDED_CREDENTIALS } from '../local/endpoints/guard.ts';
import { createTables } from '../local/endpoints/tables.ts';
import { start } from './processes.ts';
import type { Night, NightRound } from './scripts/night.ts';
import { tableNameOf } from './scripts/round.ts';
import { startCapacityMeter, type Units } from './stand-ins/capacity-meter.ts';
import { startScript } from './surroundings.ts';

/** A night, with the capacity units that it consumed. */
export interface BilledNight extends Night {
  /** In the stream's table. */
  readonly stream: Units;
  /** In the state table. */
  readonly state: Units;
}

/** Nights of a pull into dynalite, which counts capacity units as DynamoDB does. */
export interface Billing {
  /** Pulls into the tables of the round's environment, which are created for its first night. */
  pull(round: NightRound): Promise<BilledNight>;
  end(): Promise<void>;
}

export async function startBilling(): Promise<Billing> {
  const aws = await startEmbeddedAws();
  const endpoint = aws.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '';
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials: EMBEDDED_CREDENTIALS });
  const meter = await startCapacityMeter(endpoint);
  const procurios = await start('./stand-ins/procurios.ts');
  const script = await startScript('night', { procuriosHost: procurios.greeting, dynamoDbUrl: meter.url });
  return {
    async pull(round) {
      const { environment, listing } = round;
      await createTables(client, { environment, streams: [{ name: listing }] });
      const night = await script.ask<Night>(round);
      return {
        ...night,
        stream: meter.take(tableNameOf(round)),
        state: meter.take(stateTableName(environment)),
      };
    },
    async end() {
      script.end();
      procurios.end();
      meter.close();
      client.destroy();
      await aws.close();
    },
  };
}
