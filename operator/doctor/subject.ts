import type { Config } from '../../lambda/deployment/config.ts';
import type { ApiAccess } from '../procurios/api-access.ts';
import type { Session } from '../session.ts';

/**
 * What the checks examine.
 *
 * A check yields findings and changes nothing. An expected error is a finding; a check only throws unexpected ones.
 */
export interface Subject {
  readonly config: Config;
  readonly session: Session;
  readonly api: ApiAccess;
  /** How to replace the client's id and secret, for a fix. */
  readonly replaceCredentials: string;
}
