import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_CONFIG } from '../../operator/options.ts';

/** Runs a command, which resolves to the exit code. */
export type RunCommand = (command: () => Promise<number>) => Promise<void>;

/** The flags with which a command works on the tables that `npm start` leaves. */
export const DEMO_TABLES = '--embedded --config examples/demo.config.ts';

export const EXIT_CODES = `Exit codes:
  0    done, also if objects were rejected
  1    failed or incomplete
  2    wrong usage or configuration
  130  interrupted`;

/** Adds the options of every command that works on an environment's tables. */
export function withTables(command: Command): Command {
  return command
    .option('--config <file>', 'the config file', DEFAULT_CONFIG)
    .option('--embedded', 'use tables on this machine, in .procurios-sync/, not AWS')
    .option('--json', 'print JSON on stdout, for programs');
}

/** A parser of an option's value. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };
}
