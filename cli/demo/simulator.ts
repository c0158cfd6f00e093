import { once } from 'node:events';
import {
  describeSimulator,
  SIMULATOR_COLLECTION,
  SIMULATOR_CREDENTIALS,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../local/simulator/simulator.ts';
import { CommandError } from '../../operator/command-error.ts';
import { readInputFile } from '../terminal/input-file.ts';
import { EXIT, print } from '../terminal/output-lines.ts';

/** The flags of `simulator`. */
export interface SimulatorFlags {
  readonly port: number;
  readonly relations: number;
  readonly seed: number;
  readonly plan?: string;
  readonly json?: boolean;
}

/** `procurios-sync simulator`: runs a simulated Procurios until Ctrl-C, SIGTERM or the end of its terminal. */
export async function simulator(flags: SimulatorFlags): Promise<number> {
  const environment = await start(flags);
  const stopped = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  const { url } = environment;
  if (flags.json) {
    print(JSON.stringify({ url, ...SIMULATOR_CREDENTIALS, collection: SIMULATOR_COLLECTION }));
  } else print(`${describeSimulator(environment)}\nCtrl-C stops it.`);
  await stopped;
  await environment.close();
  return EXIT.done;
}

/** @throws {CommandError} `USAGE` if the port or the plan cannot be used; `FILE_FAILED` if the plan cannot be read. */
async function start({ plan, port, relations, seed }: SimulatorFlags): Promise<Simulator> {
  const planned = plan === undefined ? {} : await readPlan(plan);
  return await startSimulator({ port, relations, seed, ...planned }).catch((error: NodeJS.ErrnoException) => {
    if (plan !== undefined && error instanceof TypeError) {
      throw new CommandError('USAGE', `${plan}: ${error.message}`, { cause: error });
    }
    if (error.syscall !== 'listen') throw error;
    const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`;
    throw new CommandError('USAGE', `port ${port} ${reason}; choose another with --port`, { cause: error });
  });
}

type Plan = Pick<SimulatorOptions, 'switches' | 'faults'>;
const EXPECTED = '{"switches": {…}, "faults": […]}';

async function readPlan(file: string): Promise<Plan> {
  const plan = parsed((await readInputFile(file)).toString());
  if (!isPlan(plan)) {
    throw new CommandError('USAGE', `${file}: expected JSON, ${EXPECTED}; each of the two may be left out`);
  }
  return plan;
}

function isPlan(plan: unknown): plan is Plan {
  if (!isMap(plan)) return false;
  const { switches = {}, faults = [], ...others } = plan;
  return isMap(switches) && Array.isArray(faults) && faults.every(isMap) && Object.keys(others).length === 0;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON; undefined if it is invalid. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
