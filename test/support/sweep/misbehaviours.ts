import type { Draws } from '../../../local/simulator/data/draws.ts';
import type { Fault, FaultAction, Selection } from '../../../local/simulator/simulator.ts';
import { caseOf } from '../paging-kinds.ts';
import type { Scene } from './scene.ts';

/** A way in which a listing or its server misbehaves. */
export interface Misbehaviour {
  /** Paging kinds that it can happen to; all if undefined. */
  readonly kinds?: readonly Scene['kind'][];
  /** Whether a walk under it alone must be complete. */
  readonly isHarmless?: boolean;
  /** Whether no answer tells what it hides, so that only the next walk makes up for it. */
  readonly leavesNoSign?: boolean;
  /** Whether it hides a page so that it looks empty. Two such pages in a row of three would look like the end. */
  readonly hidesAPage?: boolean;
  /** Whether it makes the list shorter, so that another page becomes the last. */
  readonly shortensTheList?: boolean;
  readonly draw: (draws: Draws, scene: Scene) => readonly Fault[];
}

/** Number of the last page with objects. */
export const pagesOf = ({ objects, pageSize }: Scene): number => Math.max(1, Math.ceil(objects / pageSize));

/** Aims at a page; pages of a cursor have no number, so they are counted. */
function at({ kind }: Scene, page: number, times: number): Omit<Fault, 'do'> {
  const { route } = caseOf(kind);
  return kind === 'after' ? { route, from: page, times } : { route, page, times };
}

const route = ({ kind }: Scene) => ({ route: caseOf(kind).route });
/** As good as always: no history sends so many requests. */
const ALWAYS = 10_000;
/** Once, twice, or always. */
const someTimes = (draws: Draws) => draws.pick([1, 2, ALWAYS]);
const anyPage = (draws: Draws, scene: Scene) => draws.between(1, pagesOf(scene));
/** A page before the last one; undefined if there is none. */
const earlierPage = (draws: Draws, scene: Scene): number | undefined =>
  pagesOf(scene) > 1 ? draws.between(1, pagesOf(scene) - 1) : undefined;

/** A fault of any page. */
const ofAPage =
  (action: (draws: Draws) => FaultAction, times: (draws: Draws) => number) =>
  (draws: Draws, scene: Scene): readonly Fault[] => [
    { ...at(scene, anyPage(draws, scene), times(draws)), do: action(draws) },
  ];

/** A fault of all requests from one on. */
const ofAll =
  (action: (draws: Draws, scene: Scene) => FaultAction) =>
  (draws: Draws, scene: Scene): readonly Fault[] => [{ ...route(scene), do: action(draws, scene) }];

const NUMBERED = ['hal', 'linkedPages', 'numberedPages'] as const;
const PAGED = [...NUMBERED, 'after'] as const;

/**
 * Changes of the list right before the n-th request is answered. Fewer than a page has objects, because a page that shows the whole
 * page before again may be in the place of another one.
 */
const change =
  (by: 'removal' | 'insertion' | 'addition' | 'edit') =>
  (draws: Draws, scene: Scene): readonly Fault[] =>
    Array.from({ length: draws.between(1, Math.min(3, scene.pageSize - 1)) }, () => ({
      ...route(scene),
      nth: draws.between(1, pagesOf(scene) + 2),
      do: { kind: 'shift', by, at: draws.below(60) },
    }));

/** Fewer objects than a page has, for the same reason. */
const few = (draws: Draws, { pageSize }: Scene): Selection => ({
  random: draws.between(1, Math.min(3, pageSize - 1)),
});

/** A job that does these things at the same moment of every walk. */
const job =
  (work: readonly ('removes' | 'renumbers' | 'edits' | 'adds')[]) =>
  (draws: Draws, scene: Scene): readonly Fault[] => {
    const amounts = work.map((name) =>
      name === 'adds' ? [name, draws.below(4)] : [name, few(draws, scene)],
    );
    return [
      {
        ...route(scene),
        fromShare: draws.between(0, 10) / 10,
        times: 1,
        perWalk: true,
        do: { kind: 'job', ...Object.fromEntries(amounts), seed: draws.between(1, 99) },
      },
    ];
  };

/**
 * A page that looks empty. A page that always does is one before the last, because nothing shows that the end is not the end.
 */
const emptied =
  (action: FaultAction) =>
  (draws: Draws, scene: Scene): readonly Fault[] => {
    const page = earlierPage(draws, scene);
    const times = scene.kind === 'after' ? 1 : draws.pick([1, ALWAYS]);
    return page === undefined ? [] : [{ ...at(scene, page, times), do: action }];
  };

const REPORTS = [{ errors: ['Deadlock'] }, { error: 'Deadlock' }, { success: false }];

export const MISBEHAVIOURS: Readonly<Record<string, Misbehaviour>> = {
  'an error beside an empty list': {
    draw: ofAPage((draws) => ({ kind: 'errorsBeside', report: draws.pick(REPORTS) }), someTimes),
  },
  'an error beside a part of the list': {
    draw: ofAPage((draws) => ({ kind: 'errorsBeside', report: draws.pick(REPORTS), keep: 0.5 }), someTimes),
  },
  'an empty page': { kinds: PAGED, hidesAPage: true, draw: emptied({ kind: 'emptyPage' }) },
  'null in place of a list': {
    kinds: PAGED,
    hidesAPage: true,
    draw: emptied({ kind: 'nullList', of: 'allPages' }),
  },
  // Not in place of an answer that is itself the list: a whole answer of null may be anything.
  'null in place of an empty list': {
    kinds: ['hal', 'linkedPages', 'after', 'onePage'],
    isHarmless: true,
    draw: ofAll(() => ({ kind: 'nullList' })),
  },
  'page 1 for every page': {
    kinds: PAGED,
    draw: ofAll((draws) => ({ kind: 'stuckPage', links: draws.pick(['asked', 'own']) })),
  },
  'page 1 for one page': {
    kinds: PAGED,
    draw: ofAPage((draws) => ({ kind: 'stuckPage', links: draws.pick(['asked', 'own']) }), someTimes),
  },
  'no links on a later page': {
    kinds: ['hal'],
    draw: (draws, scene) =>
      pagesOf(scene) < 2
        ? []
        : [{ ...at(scene, draws.between(2, pagesOf(scene)), someTimes(draws)), do: { kind: 'noLinks' } }],
  },
  'no last link': {
    kinds: ['hal'],
    isHarmless: true,
    draw: ofAll(() => ({ kind: 'noLinks', names: ['last'] })),
  },
  'false in place of an absent link': {
    isHarmless: true,
    draw: ofAll((draws) => ({ kind: 'absentNext', value: draws.pick([false, [], null, '']) })),
  },
  'a total that is too high': {
    kinds: ['hal', 'linkedPages', 'onePage'],
    draw: ofAll((draws, { objects }) => ({
      kind: 'beside',
      fields: { total: objects + draws.between(1, 40) },
    })),
  },
  'a total that is right': {
    kinds: ['hal', 'linkedPages', 'onePage'],
    isHarmless: true,
    draw: ofAll((_draws, { objects }) => ({ kind: 'beside', fields: { total: objects } })),
  },
  'empty lists beside the list': {
    isHarmless: true,
    draw: ofAll(() => ({ kind: 'beside', fields: { warnings: [], filters: [] } })),
  },
  'a status that passes': {
    isHarmless: true,
    draw: ofAPage(
      (draws) => ({
        kind: 'status',
        status: draws.pick([401, 408, 429, 500, 502, 503]),
        ...(draws.chance(30) && { retryAfter: 0 }),
      }),
      () => 1,
    ),
  },
  'a status that stays': {
    draw: ofAPage(
      (draws) => ({ kind: 'status', status: draws.pick([401, 403, 429, 500, 503]), retryAfter: 0 }),
      () => ALWAYS,
    ),
  },
  'a refused page': {
    kinds: NUMBERED,
    hidesAPage: true,
    draw: (draws, scene) => {
      const page = earlierPage(draws, scene);
      const action: FaultAction = { kind: 'status', status: draws.pick([400, 404]) };
      return page === undefined ? [] : [{ ...at(scene, page, draws.pick([1, ALWAYS])), do: action }];
    },
  },
  'a refused end': {
    isHarmless: true,
    kinds: NUMBERED,
    draw: ofAll((draws) => ({ kind: 'refusedEnd', status: draws.pick([400, 404]) })),
  },
  'smaller pages from a request on': {
    kinds: PAGED,
    draw: (draws, scene) => [
      {
        ...route(scene),
        from: draws.between(1, pagesOf(scene) + 1),
        do: { kind: 'pageCap', max: draws.between(2, scene.pageSize) },
      },
    ],
  },
  // A page with more objects than one before may also be one of which fewer objects are hidden.
  'larger pages from a request on': {
    kinds: PAGED,
    leavesNoSign: true,
    draw: (draws, scene) => [
      {
        ...route(scene),
        times: draws.between(1, pagesOf(scene) + 1),
        do: { kind: 'pageCap', max: draws.between(2, scene.pageSize) },
      },
    ],
  },
  insertions: { isHarmless: true, draw: change('insertion') },
  additions: { isHarmless: true, draw: change('addition') },
  removals: { isHarmless: true, shortensTheList: true, draw: change('removal') },
  edits: { isHarmless: true, draw: change('edit') },
  'a job in the middle of every walk': {
    isHarmless: true,
    shortensTheList: true,
    draw: job(['removes', 'adds', 'edits']),
  },
  'other keys for some objects': { isHarmless: true, shortensTheList: true, draw: job(['renumbers']) },
  'objects that are out of the list for a share of every walk': {
    isHarmless: true,
    shortensTheList: true,
    draw: (draws, scene) => {
      const fromShare = draws.between(0, 8) / 10;
      return [
        {
          ...route(scene),
          fromShare,
          toShare: fromShare + draws.between(1, 2) / 10,
          do: { kind: 'hide', objects: few(draws, scene), seed: draws.between(1, 99) },
        },
      ];
    },
  },
  'another order': {
    isHarmless: true,
    draw: ofAll((draws) => ({
      kind: 'order',
      by: draws.pick(['key', 'name']),
      direction: draws.pick(['up', 'down']),
    })),
  },
  // An edited object moves those behind it to a page that was read already, and nothing in later pages tells.
  'an order by modification': {
    isHarmless: true,
    leavesNoSign: true,
    draw: ofAll((draws) => ({ kind: 'order', by: 'modified', direction: draws.pick(['up', 'down']) })),
  },
  'a list that is empty as a whole': {
    isHarmless: true,
    leavesNoSign: true,
    draw: ofAll(() => ({ kind: 'emptyListing' })),
  },
  // A cache that stored a page that looked empty shows it again when it is looked at again.
  'old pages of a cache': {
    isHarmless: true,
    hidesAPage: true,
    draw: ofAll((draws) => ({ kind: 'oldPage', uses: draws.between(1, 3) })),
  },
  'numbers as text': {
    isHarmless: true,
    draw: ofAll((draws, { kind }) => ({
      kind: 'textIds',
      field: caseOf(kind).key,
      every: draws.between(1, 4),
    })),
  },
  'a challenge': {
    isHarmless: true,
    draw: ofAPage(
      (draws) => ({ kind: 'refusedToken', status: draws.pick([400, 401, 403]) }),
      () => 1,
    ),
  },
  'a revoked or expired token': {
    isHarmless: true,
    draw: ofAPage(
      (draws) => ({ kind: draws.pick(['revokedToken', 'expiredToken']) }),
      () => 1,
    ),
  },
  'a token endpoint that fails for a moment': {
    isHarmless: true,
    draw: (draws) => [
      {
        route: 'POST /l/oauth2/token',
        times: 1,
        do: draws.pick<FaultAction>([
          { kind: 'status', status: 503 },
          { kind: 'lostReply' },
          {
            kind: 'body',
            status: 400,
            text: '{"error":"temporarily_unavailable"}',
            contentType: 'application/json',
          },
        ]),
      },
    ],
  },
  'a broken connection': {
    draw: ofAPage((draws) => ({ kind: draws.pick(['lostReply', 'cutBody']) }), someTimes),
  },
  'slow answers': {
    isHarmless: true,
    draw: (draws, scene) =>
      Array.from({ length: draws.between(1, 4) }, () => ({
        ...at(scene, anyPage(draws, scene), ALWAYS),
        do: { kind: 'latency', ms: draws.between(2, 20) },
      })),
  },
  'large objects': { isHarmless: true, draw: ofAll(() => ({ kind: 'largeObjects', characters: 20_000 })) },
  'a loop': {
    kinds: ['hal', 'linkedPages'],
    draw: (draws, scene) => {
      const page = anyPage(draws, scene);
      return [{ ...at(scene, page, someTimes(draws)), do: { kind: 'nextLoop', to: draws.between(1, page) } }];
    },
  },
  'the last page for ever': { kinds: NUMBERED, draw: ofAll(() => ({ kind: 'repeatedLastPage' })) },
  'another kind of answer': {
    draw: ofAPage(
      (draws) => ({
        kind: draws.pick(['loginPage', 'noContent', 'redirect', 'contentType', 'missingList', 'foreignNext']),
      }),
      someTimes,
    ),
  },
};
