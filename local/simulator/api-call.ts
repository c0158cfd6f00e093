import type { Switches } from './switches.ts';
import type { Tokens } from './tokens.ts';
import type { WalkCounter } from './walk-counter.ts';
import type { World } from './world.ts';

export type Language = 'nl' | 'en';

/** A routed request, and the state that a module needs to answer it. */
export interface ApiCall {
  readonly world: World;
  readonly switches: Switches;
  readonly tokens: Tokens;
  readonly walks: WalkCounter;
  /** The request's method, in capitals. */
  readonly method: string;
  /** The request's path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Values of the route's `{names}` in the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as text; empty without a body. */
  readonly body: string;
  readonly language: Language;
  /** The token's scopes; empty for routes without a token. */
  readonly scopes: ReadonlySet<string>;
  /** Number of the relation who consented to the token; undefined if the token belongs to the client. */
  readonly user: number | undefined;
}
