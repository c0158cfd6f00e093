/** The options of every command that works on an environment. */
export interface CommonOptions {
  /** The config file, relative to the working directory. */
  readonly config: string;
  /** Use the tables in `.procurios-sync/`, on this machine, instead of AWS. */
  readonly embedded?: boolean;
  /** Print one JSON document, or JSON Lines, on stdout. */
  readonly json?: boolean;
}

/** The config file if `--config` is not given. */
export const DEFAULT_CONFIG = 'procurios.config.ts';

/** The flags with which another command works on the same tables, as text: ` --embedded --config FILE`. */
export function flagsOf({ embedded, config }: CommonOptions): string {
  const file = /[^\w./\\:-]/.test(config) ? JSON.stringify(config) : config;
  return `${embedded ? ' --embedded' : ''}${config === DEFAULT_CONFIG ? '' : ` --config ${file}`}`;
}
