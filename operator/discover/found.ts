/** A listing that the credentials reach. */
export interface Offer {
  /** The stream's name, made from the title; unique among the offers. */
  readonly name: string;
  /** For people; of a collection, as Procurios has it. */
  readonly title: string;
  /** The catalogue's function that makes the stream. */
  readonly factory: string;
  /** What that function takes besides the name; absent: nothing. */
  readonly id?: { readonly collection: string } | { readonly shop: number };
  /** Of which one gives access, as it was granted. */
  readonly scope: string;
  /** Names of the objects' top-level fields. */
  readonly fields: readonly string[];
  /** Objects on the first page. */
  readonly objects: number;
  /** The fields to tell objects apart by, where the catalogue's key does not. */
  readonly key?: readonly string[];
  /** The kind of paging, as a config has it, where it is not the catalogue's. */
  readonly paging?: string;
  /** What should be known about it. */
  readonly notes: readonly string[];
  /** Why it cannot be pulled as it is; absent: it can. */
  readonly obstacle?: string;
}

/** A form or a set of fields of the profile module. */
export interface FieldSet {
  readonly kind: 'profile' | 'registration';
  readonly id: string;
  readonly title: string;
  readonly fields: readonly string[];
}

/** A module that was asked and gave nothing. */
export interface Closed {
  readonly title: string;
  /** Whether a scope is missing, or something else is the matter. */
  readonly reason: 'scope' | 'absent' | 'failed';
  /** Of which one would give access. */
  readonly scopes: readonly string[];
  /** For people. */
  readonly message: string;
}

/** The scopes of the token that everything was read with. */
export interface ScopesFound {
  readonly asked: readonly string[];
  /** Undefined: the answer did not say. */
  readonly granted: readonly string[] | undefined;
  /** Those that the token endpoint refused to be asked for. */
  readonly refused: readonly string[];
}

/** Everything that credentials reach. */
export interface Found {
  readonly scopes: ScopesFound;
  readonly offers: readonly Offer[];
  readonly sets: readonly FieldSet[];
  readonly closed: readonly Closed[];
}
