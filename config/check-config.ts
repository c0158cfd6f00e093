import * as z from 'zod';
import { countProblems, type Problem, SyncError } from '../lambda/core/errors.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { clientSecretName } from '../lambda/deployment/names.ts';
import {
  DEFAULT_AUTHORIZE_PATH,
  DEFAULT_TOKEN_PATH,
  problemsOfHost,
  withHost,
} from '../lambda/deployment/with-host.ts';
import { withArchive } from './catalogue/archive.ts';
import { CONFIG } from './schema/config.ts';

export interface CheckConfigOptions {
  /**
   * `PROCURIOS_HOST`, an address on this machine that replaces the config's host. An empty one is ignored.
   *
   * @default - The config's own host.
   */
  readonly host?: string;
}

/**
 * Checks a config and fills in its defaults.
 *
 * @param input - A config file's default export, or the JSON of a checked config.
 * @throws {SyncError} `CONFIG_INVALID` with every problem, in the order of the options. Problems quote no values.
 */
export function checkConfig(input: unknown, options: CheckConfigOptions = {}): Config {
  const result = CONFIG.safeParse(input);
  const problems = [...problemsOfHost(options.host), ...(result.error?.issues ?? []).flatMap(problemsOf)];
  if (result.data === undefined || problems.length > 0) {
    throw new SyncError('CONFIG_INVALID', `the config has ${countProblems(problems)}`, { problems });
  }
  return withHost(withDerivedDefaults(result.data), options.host);
}

/** Fills in the defaults that depend on several options. */
function withDerivedDefaults(input: z.output<typeof CONFIG>): Config {
  const { auth } = input;
  return {
    ...input,
    host: new URL(input.host).origin,
    tokenUrl: new URL(input.tokenUrl ?? DEFAULT_TOKEN_PATH, input.host).href,
    auth:
      auth.grant === 'clientCredentials'
        ? auth
        : {
            ...auth,
            authorizeUrl: new URL(auth.authorizeUrl ?? DEFAULT_AUTHORIZE_PATH, input.host).href,
          },
    streams: withArchive(input.streams),
    secretName: input.secretName ?? clientSecretName(input.environment),
  };
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const paths =
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  return paths.map((path) => ({ path: z.core.toDotPath(path) || 'config', expected: issue.message }));
}
