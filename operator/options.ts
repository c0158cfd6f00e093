/** The options that every command has. */
export interface CommonOptions {
  /** The config file, relative to the working directory. */
  readonly config: string;
  /** Use the tables in `.procurios-sync/`, on this machine, instead of AWS. */
  readonly embedded?: boolean;
  /** One JSON document, or JSON Lines, on stdout. */
  readonly json?: boolean;
}

/** The config file where none is named. */
export const DEFAULT_CONFIG = 'procurios.config.ts';

/** The flags that lead another command to the same tables, as text: ` --embedded --config FILE`. */
export function flagsOf({ embedded, config }: CommonOptions): string {
  const file = /[^\w./\\:-]/.test(config) ? JSON.stringify(config) : config;
  return `${embedded ? ' --embedded' : ''}${config === DEFAULT_CONFIG ? '' : ` --config ${file}`}`;
}
