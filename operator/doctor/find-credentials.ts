import { SyncError } from '../../lambda/core/errors.ts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';
import { credentialsInEnvironment, type Session } from '../session.ts';
import { type Finding, failure, information, ok, warning } from './finding.ts';
import { SIGNING_IN } from './fixes.ts';

/** What is to be used as the client's id and secret, and what is to be said of it. */
export interface CredentialsFound {
  readonly finding: Finding;
  readonly read: () => Promise<Credentials>;
}

const IN_ENVIRONMENT = 'PROCURIOS_CLIENT_ID and PROCURIOS_CLIENT_SECRET';

/**
 * Looks for the client's id and secret where a pull does. Before anything is deployed there is no secret in AWS: those in
 * the environment then stand in.
 */
export async function findCredentials(secretName: string, session: Session): Promise<CredentialsFound> {
  const { isAlone } = session;
  const given = credentialsInEnvironment(process.env);
  try {
    const credentials = await session.readCredentials();
    const where = !isAlone ? `secret ${secretName}` : given ? IN_ENVIRONMENT : "the simulator's own";
    const hasSpace = Object.values(credentials).some((text) => text !== text.trim());
    const finding = hasSpace
      ? warning(
          'credentials',
          `${where}: one begins or ends with a space or a line end`,
          storingWithout(where),
        )
      : ok('credentials', where);
    return { finding, read: async () => credentials };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const { code, message } = error;
    if (!isAlone && given !== undefined) {
      const what = `not in AWS (${code} ${message}); ${IN_ENVIRONMENT} are used here`;
      return {
        finding: information('credentials', what, storing(secretName)),
        read: async () => given,
      };
    }
    const fix = fixOf(code, secretName, isAlone);
    return {
      finding: failure('credentials', `${code} ${message}`, fix),
      read: async () => {
        throw error;
      },
    };
  }
}

function fixOf(code: string, secretName: string, isAlone: boolean): string {
  if (isAlone) return `set ${IN_ENVIRONMENT}`;
  return code === 'SECRET_INVALID' ? storing(secretName) : SIGNING_IN;
}

function storingWithout(where: string): string {
  return where === IN_ENVIRONMENT
    ? `set ${IN_ENVIRONMENT} again without it, if Procurios refuses them`
    : 'npx procurios-sync configure stores them again, if Procurios refuses them';
}

function storing(secretName: string): string {
  return `npx procurios-sync configure stores them; it puts {"clientId": "…", "clientSecret": "…"} in ${secretName}`;
}
