import { expect } from '@jest/globals';
import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import type { Operation } from '../../lambda/core/push/operation.ts';

/** The outcomes of changes, once the queue is empty. */
export interface Pushed {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly ledger: { get(changeId: string): LedgerEntry | undefined };
  /** Change ids in the order in which Procurios applied them. */
  readonly applied: readonly string[];
}

/** Expects that the promises are kept for every change, whichever calls failed. Procurios must not reject any of the changes. */
export function expectPromisesKept(
  changes: readonly { readonly changeId: string; readonly operation: string; readonly subject: string }[],
  { operations, ledger, applied }: Pushed,
): void {
  for (const { changeId, operation } of changes) {
    const { outcome } = ledger.get(changeId) ?? {};
    const times = applied.filter((id) => id === changeId).length;
    const isRepeatable = operations[operation]?.repeatable;
    // A change that is lost has an entry that says so, and one that is accepted was applied.
    expect([changeId, outcome]).toEqual([
      changeId,
      isRepeatable ? 'accepted' : expect.stringMatching(/^(accepted|unknown)$/),
    ]);
    if (outcome === 'accepted') expect([changeId, times]).not.toEqual([changeId, 0]);
    if (!isRepeatable) expect([changeId, Math.max(1, times)]).toEqual([changeId, 1]);
  }
  for (const subject of new Set(changes.map((change) => change.subject))) {
    const queued = changes.filter((change) => change.subject === subject).map(({ changeId }) => changeId);
    const order = applied.filter(
      (id, index, all) =>
        queued.includes(id) && id !== all.slice(0, index).findLast((each) => queued.includes(each)),
    );
    expect(order).toEqual(queued.filter((id) => order.includes(id)));
  }
}
