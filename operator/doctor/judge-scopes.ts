import { type Finding, failure, information, ok, warning } from './finding.ts';

/** Who needs a scope. */
export interface ScopeNeed {
  /** `stream members`. */
  readonly by: string;
  /** One of them is enough; empty: not known. */
  readonly scopes: readonly string[];
}

/**
 * Compares the scopes that were granted with those that were asked for.
 *
 * @param granted - Undefined: the token's answer does not say.
 */
export function judgeScopes(
  asked: readonly string[],
  granted: readonly string[] | undefined,
  needs: readonly ScopeNeed[],
): Finding[] {
  if (granted === undefined) {
    return [information('scopes', 'the token does not say what it is for; what is read below shows it')];
  }
  const missing = asked.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) return missing.map((scope) => judgeMissing(scope, needs));
  const count = asked.length === 1 ? 'the one asked for is' : `all ${asked.length} asked for are`;
  return [ok('scopes', `${count} granted`)];
}

function judgeMissing(scope: string, needs: readonly ScopeNeed[]): Finding {
  const by = needs.filter(({ scopes }) => scopes.includes(scope)).map((need) => need.by);
  const what = `${scope} was asked for and is not granted`;
  return by.length === 0
    ? warning('scopes', what, 'take it out of auth.scopes, if nothing needs it')
    : failure(
        'scopes',
        `${what}; ${by.join(', ')} need${by.length === 1 ? 's' : ''} it`,
        'ask Procurios for it, or take what needs it out of the config',
      );
}
