import type { LedgerFilter, ListedEntry } from '../../lambda/aws/state/ledger.ts';
import type { Session } from '../session.ts';

/** The latest changes. */
export interface ListedChanges {
  /** Without bodies; the change that was queued last comes first. */
  readonly entries: readonly ListedEntry[];
  /** Whether the ledger has more such changes than the limit. */
  readonly hasMore: boolean;
}

/** Lists changes of the ledger, the change that was queued last first. */
export async function listChanges(
  session: Session,
  { limit, ...filter }: LedgerFilter & { readonly limit: number },
): Promise<ListedChanges> {
  const found: ListedEntry[] = [];
  for await (const page of session.ledger().list({ ...filter, limit: limit + 1 })) {
    for (const entry of page) found.push(entry);
  }
  return { entries: found.slice(0, limit), hasMore: found.length > limit };
}
