import { expect } from '@jest/globals';
import type { LedgerEntry } from '../../lambda/core/push/ledger-entry.ts';
import type { Operation } from '../../lambda/core/push/operation.ts';

/** What came of changes, once the queue was empty. */
export interface Pushed {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly ledger: { get(changeId: string): LedgerEntry | undefined };
  /** Change ids in the order in which Procurios applied them. */
  readonly applied: readonly string[];
}

/** Expects what is promised of every change, whatever went wrong on the way. None of them is one that Procurios refuses. */
export function expectPromisesKept(
  changes: readonly { readonly changeId: string; readonly operation: string; readonly subject: string }[],
  { operations, ledger, applied }: Pushed,
): void {
  for (const { changeId, operation } of changes) {
    const { outcome } = ledger.get(changeId) ?? {};
    const times = applied.filter((id) => id === changeId).length;
    const isRepeatable = operations[operation]?.repeatable;
    // None is lost without an entry that says so, and what is called accepted was applied.
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
