import { type Finding, failure, information, ok, warning } from './finding.ts';

/** A part of the config that needs a scope. */
export interface ScopeNeed {
  /** `stream members`. */
  readonly by: string;
  /** Each of these scopes gives access; empty if the catalogue does not know the path. */
  readonly scopes: readonly string[];
}

/**
 * Compares the scopes that were granted with those that were asked for.
 *
 * @param granted - Undefined if the token endpoint does not say.
 * @returns One finding if all are granted, or else one for each missing scope.
 */
export function judgeScopes(
  asked: readonly string[],
  granted: readonly string[] | undefined,
  needs: readonly ScopeNeed[],
): Finding[] {
  if (granted === undefined) {
    return [
      information(
        'scopes',
        'the token endpoint does not say which scopes it granted; the checks below show it',
      ),
    ];
  }
  const missing = asked.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) return missing.map((scope) => judgeMissing(scope, needs));
  const count = asked.length === 1 ? 'the scope asked for is' : `all ${asked.length} scopes asked for are`;
  return [ok('scopes', `${count} granted`)];
}

function judgeMissing(scope: string, needs: readonly ScopeNeed[]): Finding {
  const by = needs.filter(({ scopes }) => scopes.includes(scope)).map((need) => need.by);
  const what = `${scope} was asked for and is not granted`;
  return by.length === 0
    ? warning('scopes', what, 'remove it from auth.scopes if no stream or operation needs it')
    : failure(
        'scopes',
        `${what}; ${by.join(', ')} need${by.length === 1 ? 's' : ''} it`,
        `ask Procurios for it, or remove ${by.join(', ')} from the config`,
      );
}
