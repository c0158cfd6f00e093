import type { ApiReply } from '../api-reply.ts';
import type { Fields } from '../data/object-set.ts';
import type { FaultHooks } from './fault-hooks.ts';

/** Faults in what an answer with status 200 says. */
export const answerFaults = {
  /**
   * Reports an error with status 200, beside the list.
   *
   * @param options - `report`: the fields of the report. `keep`: the share of the page's objects that are still shown, 0 to 1.
   */
  errorsBeside({ report = { errors: ['Deadlock'] }, keep = 0 }: { report?: Fields; keep?: number }) {
    return changing((json) => {
      const cut = withLists(json, (list) => list.slice(0, Math.floor(list.length * keep)));
      return { ...(Array.isArray(cut) ? { items: cut } : (cut as Fields)), ...report };
    });
  },

  /** Answers null in place of the list, by default only where the list is empty. */
  nullList({ of = 'emptyPages' }: { of?: 'emptyPages' | 'allPages' }) {
    return changing((json) =>
      withLists(json, (list) => (of === 'allPages' || list.length === 0 ? null : list)),
    );
  },

  /** Adds fields beside the list. No effect on an answer that is itself the list. */
  beside({ fields = { warnings: [] } }: { fields?: Fields }) {
    return changing((json) => (Array.isArray(json) ? json : { ...(json as Fields), ...fields }));
  },

  /** Leaves links out; all of them by default. `_links` without a link is `[]`, as PHP writes an empty map. */
  noLinks({ names }: { names?: readonly string[] }) {
    return changing((json) =>
      withLinks(json, (links) => {
        const kept = Object.entries(links).filter(([name]) => names !== undefined && !names.includes(name));
        return kept.length === 0 ? [] : Object.fromEntries(kept);
      }),
    );
  },

  /** Writes this value in place of a `next` link that a page does not have. */
  absentNext({ value = false }: { value?: unknown }) {
    return changing((json) => withLinks(json, (links) => ({ next: value, ...links })));
  },

  /** Shows a number as text, in every object whose number is a multiple of `every`. */
  textIds({ field = 'id', every = 2 }: { field?: string; every?: number }) {
    return changingObjects((object) =>
      Number(object[field]) % every === 0 ? { ...object, [field]: String(object[field]) } : object,
    );
  },

  /** Adds a field that neighbours share: the number in `from`, rounded up to a multiple of `group`. */
  ties({ field = 'changed', from = 'id', group = 3 }: { field?: string; from?: string; group?: number }) {
    return changingObjects((object) => ({
      ...object,
      [field]: Math.ceil(Number(object[from]) / group) * group,
    }));
  },

  /** Adds a text of this many characters to every object. */
  largeObjects({ characters = 100_000 }: { characters?: number }) {
    return changingObjects((object) => ({ ...object, padding: 'x'.repeat(characters) }));
  },
} satisfies Record<string, (options: never) => FaultHooks>;

type ListChange = (list: readonly unknown[]) => unknown;

/** Changes the JSON of successful answers. */
function changing(change: (json: unknown) => unknown): FaultHooks {
  return {
    reply: (reply: ApiReply) =>
      reply.status === 200 && typeof reply.json === 'object' && reply.json !== null
        ? { ...reply, json: change(reply.json) }
        : reply,
  };
}

function changingObjects(change: (object: Fields) => Fields): FaultHooks {
  return changing((json) => withLists(json, (list) => list.map((each) => change(each as Fields))));
}

/** Changes the list: the answer itself, or the arrays at its top level and in `_embedded`. */
function withLists(json: unknown, change: ListChange): unknown {
  if (Array.isArray(json)) {
    return change(json);
  }
  return mapped(json as Fields, (value, name) => {
    if (name === '_embedded') {
      return withLists(value, change);
    }
    return Array.isArray(value) && name !== '_links' ? change(value) : value;
  });
}

function withLinks(json: unknown, change: (links: Fields) => unknown): unknown {
  return Array.isArray(json)
    ? json
    : mapped(json as Fields, (value, name) => (name === '_links' ? change(value as Fields) : value));
}

function mapped(fields: Fields, change: (value: unknown, name: string) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value, name)]));
}
