import { once } from 'node:events';
import { describeSimulator, startSimulator } from '../local/simulator/simulator.ts';
import { EXIT, print, UsageError } from './command.ts';

export interface SimulatorCommandOptions {
  readonly port: number;
  readonly relations: number;
  readonly seed: number;
}

/** `procurios-sync simulator`: runs the simulated Procurios environment until it is stopped. */
export async function simulator(options: SimulatorCommandOptions): Promise<number> {
  const environment = await startSimulator(options).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? new UsageError(`port ${options.port} is in use; choose another with --port`)
      : error;
  });
  print(describeSimulator(environment));
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await environment.close();
  return EXIT.done;
}
