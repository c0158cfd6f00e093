/** Everything that credentials reach in a Procurios environment. */
export interface Discovery {
  readonly scopes: DiscoveredScopes;
  readonly offers: readonly Offer[];
  readonly sets: readonly FieldSet[];
  readonly closed: readonly ClosedModule[];
}

/** A listing that the credentials reach. */
export interface Offer {
  /** The stream's name, made from the title; unique among the offers. */
  readonly name: string;
  /** The catalogue's title, or the collection's in Procurios. */
  readonly title: string;
  /** The catalogue's function that makes the stream. */
  readonly factory: string;
  /** The argument of that function besides the stream's name; undefined if it takes no other. */
  readonly id?: { readonly collection: string } | { readonly shop: number };
  /** A scope that gives access to the stream, a granted one if possible. */
  readonly scope: string;
  /** Names of the objects' top-level fields. */
  readonly fields: readonly string[];
  /** Objects on the first page. */
  readonly objects: number;
  /** The fields to use as the key; undefined if the catalogue's key fits. */
  readonly key?: readonly string[];
  /** The kind of paging, as a config has it; undefined if the catalogue's kind fits. */
  readonly paging?: string;
  /** Remarks for the operator. */
  readonly notes: readonly string[];
  /** Why the stream cannot be pulled with these settings; undefined if it can. */
  readonly obstacle?: string;
}

/** A form or a set of fields of the profile module. */
export interface FieldSet {
  readonly kind: 'profile' | 'registration';
  readonly id: string;
  readonly title: string;
  readonly fields: readonly string[];
}

/** A module of the catalogue that could not be read. */
export interface ClosedModule {
  readonly title: string;
  /** `scope`: the token lacks a scope. `absent`: the environment does not have the module. `failed`: any other error. */
  readonly reason: 'scope' | 'absent' | 'failed';
  /** Each of these scopes gives access. */
  readonly scopes: readonly string[];
  /** The error, for the operator. */
  readonly message: string;
}

/** The scopes of the token that everything was read with. */
export interface DiscoveredScopes {
  readonly asked: readonly string[];
  /** Undefined if the token endpoint does not say. */
  readonly granted: readonly string[] | undefined;
  /** Scopes that the token endpoint refuses to grant. */
  readonly refused: readonly string[];
}
