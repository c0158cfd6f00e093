import * as z from 'zod';
import { type Problem, SyncError } from '../core/errors.ts';
import { isLoopback, parseHost } from './addresses.ts';
import type { Config } from './config.ts';
import { CONFIG } from './config-schema.ts';
import { clientSecretName } from './names.ts';

export interface CheckConfigOptions {
  /**
   * An address on this machine to use instead of the config's host and token URL, `PROCURIOS_HOST`; a token URL
   * that is on this machine already stays.
   *
   * @default - The config's.
   */
  readonly host?: string;
}

/**
 * Checks a config and fills in its defaults.
 *
 * @param input - A config file's default export, or the JSON of a checked config.
 * @throws {SyncError} `CONFIG_INVALID` with every problem, in the order of the options. No value is quoted.
 */
export function checkConfig(input: unknown, options: CheckConfigOptions = {}): Config {
  const override = options.host === undefined ? undefined : parseHost(options.host);
  const result = CONFIG.safeParse(input);
  const problems = (result.error?.issues ?? []).flatMap(problemsOf);
  if (options.host !== undefined && !(override && isLoopback(override))) {
    problems.unshift({ path: 'PROCURIOS_HOST', expected: 'http://127.0.0.1 or http://[::1], with a port' });
  }
  if (result.data === undefined || problems.length > 0) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    throw new SyncError('CONFIG_INVALID', `the config has ${count}`, { problems });
  }
  return completed(result.data, override);
}

function completed(input: z.output<typeof CONFIG>, override: URL | undefined): Config {
  const host = override ?? new URL(input.host);
  const tokenUrl = new URL(input.tokenUrl ?? '/l/oauth2/token', host);
  // With the host on this machine, the secret stays on it as well.
  if (override !== undefined && !isLoopback(tokenUrl)) {
    tokenUrl.protocol = override.protocol;
    tokenUrl.host = override.host;
  }
  return {
    ...input,
    host: host.origin,
    tokenUrl: tokenUrl.href,
    secretName: input.secretName ?? clientSecretName(input.environment),
  };
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const paths =
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  return paths.map((path) => ({ path: z.core.toDotPath(path) || 'config', expected: issue.message }));
}
