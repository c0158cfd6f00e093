/** A named kind of write to Procurios, from the config. Plain JSON. */
export interface Operation {
  readonly name: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path on the host, with placeholders, e.g. `/l/meeting2_api/meetings/{meeting}/registration`. */
  readonly path: string;
  /** The module's `Accept` header. */
  readonly mediaType: string;
  /** Whether a change may be sent again after its reply was lost, because applying it twice has the effect of applying it once. */
  readonly repeatable: boolean;
  /** The path of the body's live schema, with the same placeholders; absent if Procurios has none. */
  readonly schemaPath?: string;
  /** The path at which Procurios checks a body without applying it, with the same placeholders; absent if there is none. */
  readonly validatePath?: string;
  /** The ids to keep from a reply: an RFC 6901 pointer for each name. */
  readonly ids: Readonly<Record<string, string>>;
}

/** The names of the placeholders in a path. */
export function placeholdersOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

/**
 * Fills a path's placeholders, percent-encoded.
 *
 * @param parameters - A value for every placeholder, see `checkParameters`.
 */
export function fillPath(path: string, parameters: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(parameters[name] ?? ''));
}
