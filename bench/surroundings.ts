import { EMBEDDED_CREDENTIALS } from '../local/endpoints/guard.ts';
import { type Helper, start, startPython } from './processes.ts';
import { type Measured, pathOf, queryOf, type Round, tableNameOf } from './scripts/round.ts';
import type { Calls, Instruction } from './stand-ins/dynamodb.ts';

/** Latencies of a page and of a DynamoDB call, in milliseconds. */
export interface Latencies {
  readonly pageMs: number;
  readonly callMs: number;
}

export const NO_LATENCY: Latencies = { pageMs: 0, callMs: 0 };

/** The two stand-ins. Scripts that are started here reach nothing else. */
export interface Surroundings {
  startScript(name: ScriptName, nodeOptions?: readonly string[]): Promise<Script>;
  setLatencies(latencies: Latencies): Promise<void>;
}

/** A script in a separate process. */
export interface Script {
  /** Runs a round and counts its calls to the table. @param table - `empty` for a first load. */
  run(round: Round, table: 'empty' | 'as it is'): Promise<Measured & { readonly calls: Calls }>;
  end(): void;
}

export type ScriptName = 'put-each' | 'batch-write' | 'afternoon' | 'python' | 'procurios-sync';

export async function startSurroundings(): Promise<Surroundings> {
  const procurios = await start('./stand-ins/procurios.ts');
  const dynamoDb = await start('./stand-ins/dynamodb.ts');
  const instruct = <Answer>(instruction: Instruction) => dynamoDb.ask<Answer>(instruction);

  return {
    async startScript(name, nodeOptions) {
      const addresses = { procuriosHost: procurios.greeting, dynamoDbUrl: dynamoDb.greeting };
      const script = await startScript(name, addresses, nodeOptions);
      return {
        async run(round, table) {
          const tableName = tableNameOf(round);
          if (table === 'empty') await instruct({ empty: tableName });
          else await instruct({ forgetCallsOf: tableName });
          const listing = { path: pathOf(round), query: queryOf(round), table: tableName };
          const measured = await script.ask<Measured>({ ...round, ...listing });
          return { ...measured, calls: await instruct<Calls>({ callsOf: tableName }) };
        },
        end: script.end,
      };
    },
    async setLatencies({ pageMs, callMs }) {
      await procurios.ask(pageMs);
      await instruct({ latencyMs: callMs });
    },
  };
}

/** Starts a script with the addresses of the two stand-ins. */
export function startScript(
  name: ScriptName | 'push' | 'night' | 'scan',
  { procuriosHost, dynamoDbUrl }: { procuriosHost: string; dynamoDbUrl: string },
  nodeOptions?: readonly string[],
): Promise<Helper> {
  const environment = {
    PROCURIOS_HOST: procuriosHost,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    // Dynalite accepts no others. The stand-ins accept any.
    AWS_ACCESS_KEY_ID: EMBEDDED_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMBEDDED_CREDENTIALS.secretAccessKey,
  };
  if (name === 'python') return startPython('./scripts/python.py', environment);
  return start(`./scripts/${name}.ts`, { nodeOptions, environment });
}
