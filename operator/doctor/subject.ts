import type { Config } from '../../lambda/deployment/config.ts';
import type { ApiAccess } from '../procurios/api-access.ts';
import type { Session } from '../session.ts';

/**
 * What the checks look at.
 *
 * A check gives findings and changes nothing. It throws for bugs only: what is wrong is a finding.
 */
export interface Subject {
  readonly config: Config;
  readonly session: Session;
  readonly api: ApiAccess;
}
