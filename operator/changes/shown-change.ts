import { type Json, parseJson } from '../../lambda/core/json.ts';
import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';

/** A change as an operator sees it. Values that were sent are in it only if they were asked for. */
export interface ShownChange {
  /** The entry without body and parameters. Unless values are asked for, {@link withoutValues} shortens its `errors`. */
  readonly entry: Omit<LedgerEntry, 'body' | 'parameters'>;
  readonly parameterNames: readonly string[];
  /** Absent if values are left out. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** A change's body as JSON, or the text of a message that is no change. Absent if it is left out or not kept. */
  readonly body?: Json;
  /** Whether the ledger keeps a body. */
  readonly hasBody: boolean;
  /** The fields of which something is left out. */
  readonly leftOut: readonly ('body' | 'parameters' | 'errors')[];
}

/** @param isRevealed - Whether the values of the body, the parameters and the errors are shown. */
export function shownChange(entry: LedgerEntry, isRevealed: boolean): ShownChange {
  const { body, parameters = {}, ...rest } = entry;
  const parameterNames = Object.keys(parameters);
  const common = { parameterNames, hasBody: body !== undefined };
  if (isRevealed) {
    const values = body === undefined ? {} : { body: entry.operation === undefined ? body : parseJson(body) };
    return { ...common, entry: rest, parameters, ...values, leftOut: [] };
  }
  // The errors of a message that is no change are our own findings, which quote no value.
  const hidesErrors = entry.operation !== undefined && entry.errors.length > 0;
  const names = [...entry.bodyFields, ...parameterNames];
  return {
    ...common,
    entry: hidesErrors ? { ...rest, errors: entry.errors.map((text) => withoutValues(text, names)) } : rest,
    leftOut: [
      ...(body !== undefined ? (['body'] as const) : []),
      ...(parameterNames.length > 0 ? (['parameters'] as const) : []),
      ...(hidesErrors ? (['errors'] as const) : []),
    ],
  };
}

/**
 * Replaces an error text of Procurios by the names of the change's fields in it, because the text may quote values. Leaving
 * out the values that were sent would not be enough, because a text may quote them cut or spelt differently.
 *
 * @param names - Names of the body's top-level fields and of the parameters.
 * @returns `about first_name, email`, or `…` if the text names no field.
 */
export function withoutValues(text: string, names: readonly string[]): string {
  const words = new Set(
    (text.match(/[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_-]*/gu) ?? []).map((word) => word.toLowerCase()),
  );
  const named = names.filter((name) => words.has(name.toLowerCase()));
  return named.length === 0 ? '…' : `about ${named.join(', ')}`;
}
