import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { SIMULATOR_SCOPES, type Simulator } from '../../local/simulator/simulator.ts';
import { dynamoDbOf } from './embedded-aws.ts';
import { PAGING_CASES, type PagingCase } from './paging-kinds.ts';
import { readStored, type Stored } from './pull-harness.ts';

const LAUNCHER = resolve(import.meta.dirname, '../../bin/launch.js');
const ENVIRONMENT = 'workplace';

/** A working directory with a config of all paging kinds, in which pulls run as processes of their own. */
export interface Workplace extends AsyncDisposable {
  /** Starts `procurios-sync pull --embedded` there. */
  startPull(...options: string[]): PullProcess;
  /** What the tables on disk hold for each stream; no pull may be running. */
  stored(): Promise<ReadonlyMap<PagingCase['kind'], Stored>>;
}

export interface PullProcess {
  readonly child: ChildProcess;
  /** Once it has ended; the code is null where a signal ended it. */
  readonly ended: Promise<PullEnd>;
}

export interface PullEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
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
    startPull: (...options) => startPull(folder, options),
    stored: () => readAllStored(join(folder, '.procurios-sync')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function startPull(cwd: string, options: readonly string[]): PullProcess {
  const command = [LAUNCHER, 'pull', '--embedded', '--config', 'procurios.config.mjs', ...options];
  const { NODE_OPTIONS, ...env } = process.env;
  const child = spawn(process.execPath, command, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const code = new Promise<number | null>((settle) => child.once('close', settle));
  const ended = Promise.all([code, text(child.stdout), text(child.stderr)]).then(
    ([exitCode, stdout, stderr]) => ({ code: exitCode, stdout, stderr }),
  );
  return { child, ended };
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

/** Resolves when so many requests have reached a route, or when the process has ended without them. */
export async function requestsReach(
  { control }: Simulator,
  route: string,
  count: number,
  { child }: PullProcess,
): Promise<void> {
  while ((control.requests()[route] ?? 0) < count && child.exitCode === null) await sleep(1);
}
