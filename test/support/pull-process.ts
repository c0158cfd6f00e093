import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { SIMULATOR_SCOPES, type Simulator } from '../../local/simulator/simulator.ts';
import { type Ended, run } from './command-line.ts';
import { type RunningProcess, startProcess } from './command-process.ts';
import { dynamoDbOf } from './embedded-aws.ts';
import { PAGING_CASES, type PagingCase } from './paging-kinds.ts';
import { readStored, type Stored } from './pull-harness.ts';

const PULL = ['pull', '--embedded', '--config', 'procurios.config.mjs'];
const ENVIRONMENT = 'workplace';

/** A working directory with a config of all paging kinds, in which `procurios-sync pull --embedded` runs. */
export interface Workplace extends AsyncDisposable {
  /** Starts a pull in a process, which may be killed. */
  startPull(...options: string[]): RunningProcess;
  /** Pulls in this process. */
  pull(...options: string[]): Promise<Ended>;
  /** What the tables on disk hold for each stream; no pull may be running. */
  stored(): Promise<ReadonlyMap<PagingCase['kind'], Stored>>;
}

export async function openWorkplace({ url }: Simulator): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'procurios-sync-pull-'));
  const config = {
    environment: ENVIRONMENT,
    host: url,
    auth: { grant: 'clientCredentials', scopes: SIMULATOR_SCOPES },
    requestsPerSecond: { pull: 1000 },
    streams: PAGING_CASES.map(({ stream }) => stream),
  };
  await writeFile(join(folder, 'procurios.config.mjs'), `export default ${JSON.stringify(config)};\n`);
  return {
    startPull: (...options) => startProcess([...PULL, ...options], { cwd: folder }),
    pull: (...options) => run([...PULL, ...options], { cwd: folder }),
    stored: () => readAllStored(join(folder, '.procurios-sync')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function readAllStored(dataFolder: string): Promise<ReadonlyMap<PagingCase['kind'], Stored>> {
  const aws = await startEmbeddedAws({ dataFolder });
  const dynamoDb = dynamoDbOf(aws);
  try {
    const stored = new Map<PagingCase['kind'], Stored>();
    for (const { kind, stream } of PAGING_CASES) {
      stored.set(kind, await readStored(dynamoDb, { environment: ENVIRONMENT }, stream.name));
    }
    return stored;
  } finally {
    dynamoDb.destroy();
    await aws.close();
  }
}

/** Resolves when that many requests have reached a route, or when the process has ended without them. */
export async function requestsReach(
  { control }: Simulator,
  route: string,
  count: number,
  { process: child }: RunningProcess,
): Promise<void> {
  while ((control.requests()[route] ?? 0) < count && child.exitCode === null) await sleep(1);
}
