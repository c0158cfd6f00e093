import { SyncError } from '../../lambda/core/errors.ts';
import type { Credentials } from '../../lambda/core/token/credentials.ts';
import { credentialsInEnvironment, CREDENTIAL_VARIABLES as VARIABLES } from '../credentials.ts';
import type { Session } from '../session.ts';
import { type Finding, failure, information, ok, warning } from './finding.ts';
import { fixOfRefusal } from './fixes.ts';

/** The client's id and secret, with a finding about them. */
export interface FoundCredentials {
  readonly finding: Finding;
  /** Throws the error that the finding reports if there are no credentials. */
  readonly read: () => Promise<Credentials>;
  /** How to replace them, for a fix. */
  readonly replace: string;
}

/**
 * Reads the client's id and secret as a pull does.
 *
 * Before the first deployment AWS has no secret, so the environment's variables are used instead.
 */
export async function findCredentials(secretName: string, session: Session): Promise<FoundCredentials> {
  const { isAlone } = session;
  const given = credentialsInEnvironment(process.env);
  try {
    const credentials = await session.readCredentials();
    const source = !isAlone ? `secret ${secretName}` : given ? VARIABLES : "the simulator's";
    const finding = judgeCredentials(credentials, source);
    return { finding, read: async () => credentials, replace: isAlone ? SET_AGAIN : STORE_AGAIN };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const problem = `${error.code} ${error.message}`;
    if (!isAlone && given !== undefined) {
      const what = `not in AWS (${problem}); using ${VARIABLES}`;
      const finding = information('credentials', what, configureFix(secretName));
      return { finding, read: async () => given, replace: SET_AGAIN };
    }
    const fix = isAlone ? `set ${VARIABLES}` : fixInAws(error, secretName);
    const read = async () => {
      throw error;
    };
    return { finding: failure('credentials', problem, fix), read, replace: fix };
  }
}

const SET_AGAIN = `set ${VARIABLES} again`;
const STORE_AGAIN = 'store them again: npx procurios-sync configure';

function judgeCredentials(credentials: Credentials, source: string): Finding {
  const isTrimmed = Object.values(credentials).every((text) => text === text.trim());
  if (isTrimmed) return ok('credentials', source);
  return warning(
    'credentials',
    `${source}: the id or the secret begins or ends with a space or a line end`,
    source === VARIABLES
      ? `if Procurios refuses them, ${SET_AGAIN} without it`
      : `if Procurios refuses them, ${STORE_AGAIN}`,
  );
}

function fixInAws(error: SyncError, secretName: string): string {
  return error.code === 'SECRET_INVALID' ? configureFix(secretName) : fixOfRefusal(error);
}

function configureFix(secretName: string): string {
  return `run npx procurios-sync configure, which stores {"clientId": "…", "clientSecret": "…"} in ${secretName}`;
}
