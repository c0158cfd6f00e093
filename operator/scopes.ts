import { scopesFor } from '../config/catalogue/modules.ts';
import type { Config } from '../lambda/deployment/config.ts';

/** Streams or operations that need a scope which the config does not ask for. */
export interface ScopeLack {
  readonly names: readonly string[];
  /** Each of these scopes would give access. */
  readonly scopes: readonly string[];
}

/** Finds the scopes that the catalogue's paths need and `auth.scopes` lacks, each with all that need it. */
export function lackingScopes(
  { scopes: asked }: Config['auth'],
  parts: readonly { readonly name: string; readonly path: string }[],
): ScopeLack[] {
  const needs = parts.map(({ name, path }) => ({ name, scopes: scopesFor(path) }));
  const lacking = needs.filter(
    ({ scopes }) => scopes.length > 0 && !scopes.some((scope) => asked.includes(scope)),
  );
  return [...Map.groupBy(lacking, ({ scopes }) => scopes.join(' ')).values()].map((alike) => ({
    names: alike.map(({ name }) => name),
    scopes: alike[0]?.scopes ?? [],
  }));
}

/** `meetings needs meeting2/read, which auth.scopes lacks`. */
export function lackText({ names, scopes }: ScopeLack): string {
  const needed = scopes.length === 1 ? `${scopes[0]}, which` : `one of ${scopes.join(', ')}, which`;
  return `${names.join(', ')} need${names.length === 1 ? 's' : ''} ${needed} auth.scopes lacks`;
}
