import { loadConfig } from '../config/load-config.ts';
import type { Stream } from '../lambda/core/pull/stream.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { CommandError } from './command-error.ts';
import { suggestionFor } from './nearest.ts';
import type { CommonOptions } from './options.ts';

/** @throws {SyncError} `CONFIG_INVALID`. */
export async function readConfig({ config }: CommonOptions): Promise<Config> {
  return await loadConfig(config, process.env);
}

/** @throws {CommandError} `USAGE` if the config has no stream of that name. */
export function findStream(config: Config, name: string): Stream {
  const stream = config.streams.find((known) => known.name === name);
  if (stream !== undefined) return stream;
  const names = config.streams.map((each) => each.name);
  throw new CommandError(
    'USAGE',
    `there is no stream called ${name}${suggestionFor(name, names)}; the config has ${names.join(', ')}`,
  );
}
