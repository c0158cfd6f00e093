import { FollowedLinks } from '../../lambda/core/pull/followed-links.ts';
import type { Reject } from '../../lambda/core/pull/reject.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { TableMap } from '../../lambda/core/pull/table-map.ts';
import type { EndingWalk, Walk, WalkRecord, WalkStore } from '../../lambda/core/pull/walk.ts';

/** Walks serialized as in the state table: a loaded walk has only what was saved. */
export class StoredWalks implements WalkStore {
  readonly #walks = new Map<string, { position: string; seen: Uint8Array[]; followed: Uint8Array[] }>();
  readonly #ended = new Map<string, string>();

  /** Names of the streams with an unfinished walk. */
  get unfinished(): string[] {
    return [...this.#walks.keys()];
  }

  async loadState(): Promise<object> {
    return {};
  }

  async loadWalk({ name }: Stream): Promise<WalkRecord | undefined> {
    const stored = this.#walks.get(name);
    if (stored === undefined) return JSON.parse(this.#ended.get(name) ?? 'null') ?? undefined;
    const { seed, ...position } = JSON.parse(stored.position);
    const walk: Walk = { ...position, table: new TableMap(seed), followed: new FollowedLinks() };
    for (const entries of stored.seen) walk.table.restore(entries, false);
    for (const digests of stored.followed) walk.followed.restore(digests);
    return walk;
  }

  async saveWalk({ name }: Stream, walk: Walk): Promise<void> {
    const { table, followed, ...position } = walk;
    const before = this.#walks.get(name);
    this.#walks.set(name, {
      position: JSON.stringify({ ...position, seed: table.seed }),
      seen: [...(before?.seen ?? []), table.takeNewlySeen()],
      followed: [...(before?.followed ?? []), followed.takeNew()],
    });
  }

  async endWalk({ name }: Stream, ending: EndingWalk, _rejects: readonly Reject[]): Promise<void> {
    this.#walks.delete(name);
    this.#ended.set(name, JSON.stringify({ ...ending, phase: 'ended' }));
  }
}
