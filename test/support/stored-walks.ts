import { FollowedLinks } from '../../lambda/core/pull/followed-links.ts';
import type { Reject } from '../../lambda/core/pull/reject.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { TableMap } from '../../lambda/core/pull/table-map.ts';
import type { EndingWalk, Walk, WalkRecord, WalkStore } from '../../lambda/core/pull/walk.ts';

/** What several slices saved of a walk or a look, beside its position. */
interface Met {
  readonly seen: Uint8Array[];
  readonly followed: Uint8Array[];
}

/** Walks serialized as in the state table: a loaded walk has only what was saved. */
export class StoredWalks implements WalkStore {
  readonly #walks = new Map<string, string>();
  readonly #met = new Map<string, Met>();
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
    const { look, ...walk } = JSON.parse(stored);
    return look === undefined ? this.#restored(name, walk) : this.#withLook(name, walk, look);
  }

  async saveWalk({ name }: Stream, { look, ...walk }: Walk): Promise<void> {
    this.#keep(name, look ?? walk);
    const lookToo = look === undefined ? {} : { look: positionOf(look) };
    this.#walks.set(name, JSON.stringify({ ...positionOf(walk), ...lookToo }));
  }

  async endWalk({ name }: Stream, ending: EndingWalk, _rejects: readonly Reject[]): Promise<void> {
    this.#walks.delete(name);
    this.#ended.set(name, JSON.stringify({ ...ending, phase: 'ended' }));
  }

  #keep(name: string, { walkId, table, followed }: Walk): void {
    const key = `${name} ${walkId}`;
    const { seen, followed: links } = this.#met.get(key) ?? { seen: [], followed: [] };
    this.#met.set(key, {
      seen: [...seen, table.takeNewlySeen()],
      followed: [...links, followed.takeNew()],
    });
  }

  #withLook(name: string, walk: ReturnType<typeof positionOf>, look: ReturnType<typeof positionOf>): Walk {
    const { seed, ...position } = walk;
    const judged = { ...position, table: new TableMap(seed), followed: new FollowedLinks() };
    return { ...judged, look: this.#restored(name, look) };
  }

  #restored(name: string, { seed, ...position }: ReturnType<typeof positionOf>): Walk {
    const walk: Walk = { ...position, table: new TableMap(seed), followed: new FollowedLinks() };
    const { seen, followed } = this.#met.get(`${name} ${walk.walkId}`) ?? { seen: [], followed: [] };
    for (const entries of seen) walk.table.restore(entries, false);
    for (const digests of followed) walk.followed.restore(digests);
    return walk;
  }
}

function positionOf({ table, followed: _followed, ...position }: Walk) {
  return { ...position, seed: table.seed };
}
