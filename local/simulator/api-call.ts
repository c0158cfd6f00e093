import type { Switches } from './switches.ts';
import type { Tokens } from './tokens.ts';
import type { World } from './world.ts';

export type Language = 'nl' | 'en';

/** A request that was routed, and what a module may look at to answer it. */
export interface ApiCall {
  readonly world: World;
  readonly switches: Switches;
  readonly tokens: Tokens;
  /** As requested, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** What stands in the path at the route's `{names}`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as text; `''` without one. */
  readonly body: string;
  readonly language: Language;
  /** What the token was granted; empty on open routes. */
  readonly scopes: ReadonlySet<string>;
  /** The number of the relation in whose name the token was given; undefined: none. */
  readonly user: number | undefined;
}
