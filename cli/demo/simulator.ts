import { once } from 'node:events';
import {
  describeSimulator,
  SIMULATOR_COLLECTION,
  SIMULATOR_CREDENTIALS,
  startSimulator,
} from '../../local/simulator/simulator.ts';
import { CommandError } from '../../operator/command-error.ts';
import { EXIT, print } from '../terminal/output-lines.ts';

/** The flags of `simulator`. */
export interface SimulatorFlags {
  readonly port: number;
  readonly relations: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** `procurios-sync simulator`: runs a simulated Procurios until Ctrl-C, SIGTERM or the end of its terminal. */
export async function simulator(options: SimulatorFlags): Promise<number> {
  const stopped = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  const environment = await startSimulator(options).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall !== 'listen') throw error;
    const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`;
    throw new CommandError('USAGE', `port ${options.port} ${reason}; choose another with --port`, {
      cause: error,
    });
  });
  const { url } = environment;
  if (options.json) {
    print(JSON.stringify({ url, ...SIMULATOR_CREDENTIALS, collection: SIMULATOR_COLLECTION }));
  } else print(`${describeSimulator(environment)}\nCtrl-C stops it.`);
  await stopped;
  await environment.close();
  return EXIT.done;
}
