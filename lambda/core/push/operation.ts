/** A named, configured kind of write to Procurios. Plain JSON, checked by `config/`. */
export interface Operation {
  readonly name: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path on the host with placeholders, e.g. `/l/meeting2_api/meetings/{meeting}/registration`. */
  readonly path: string;
  /** The module's `Accept` header. */
  readonly mediaType: string;
  /** Whether a change whose reply was lost is sent again by itself. */
  readonly repeatable: boolean;
  /** Where the live schema of the body is, with the same placeholders; absent: there is none. */
  readonly schemaPath?: string;
  /** Where the vendor checks a body without applying it, with the same placeholders; absent: nowhere. */
  readonly validatePath?: string;
  /** The ids to keep from a reply, by name: an RFC 6901 pointer each. */
  readonly ids: Readonly<Record<string, string>>;
}

/** The parameters that a path's placeholders name. */
export function placeholdersOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

/**
 * Fills a path's placeholders, percent-encoded.
 *
 * @param parameters - Has one of every placeholder's name, see `checkParameters`.
 */
export function fillPath(path: string, parameters: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(parameters[name] ?? ''));
}
