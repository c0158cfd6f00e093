import { answerFaults } from './answer-faults.ts';
import { cacheFaults } from './cache-faults.ts';
import {
  ANYTHING,
  COUNT,
  checkOptions,
  FIELDS,
  FLAG,
  NUMBER_OR_TEXT,
  type OptionCheck,
  oneOf,
  PLACE,
  SELECTION,
  SHARE,
  TEXT,
  TEXTS,
} from './check-options.ts';
import { contentsFaults } from './contents-faults.ts';
import type { FaultHooks } from './fault-hooks.ts';
import { listingFaults } from './listing-faults.ts';
import { replyFaults } from './reply-faults.ts';
import { transportFaults } from './transport-faults.ts';

const FAULTS = {
  ...replyFaults,
  ...listingFaults,
  ...contentsFaults,
  ...answerFaults,
  ...cacheFaults,
  ...transportFaults,
};

type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

type OptionsOf<Kind extends FaultKind> =
  Parameters<(typeof FAULTS)[Kind]> extends [infer Options] ? Options : unknown;

/** A fault's kind and the options of its function: `{ kind: 'status', status: 503, retryAfter: 2 }`. */
export type FaultAction = { [Kind in FaultKind]: { readonly kind: Kind } & OptionsOf<Kind> }[FaultKind];

type Options = {
  readonly [Kind in FaultKind]: { readonly [Name in keyof OptionsOf<Kind>]-?: OptionCheck };
};

const APPLIED = { applied: FLAG };

/** What each option of each kind must be. */
const OPTIONS: Options = {
  status: {
    status: COUNT,
    errors: TEXTS,
    retryAfter: NUMBER_OR_TEXT,
    retryAfterDateInSeconds: PLACE,
    ...APPLIED,
  },
  body: { text: TEXT, contentType: TEXT, status: COUNT, ...APPLIED },
  loginPage: APPLIED,
  noContent: APPLIED,
  redirect: { location: TEXT, status: COUNT, ...APPLIED },
  errorsWith200: { errors: TEXTS, ...APPLIED },
  contentType: { contentType: TEXT },
  missingList: {},
  pageCap: { max: COUNT },
  emptyPage: {},
  nextLoop: { to: COUNT },
  foreignNext: { origin: TEXT },
  repeatedLastPage: {},
  stuckPage: { links: oneOf('asked', 'own') },
  refusedEnd: { status: oneOf(400, 404) },
  order: { by: oneOf('key', 'name', 'modified'), direction: oneOf('up', 'down') },
  hide: { objects: SELECTION, seed: PLACE },
  emptyListing: {},
  job: {
    restores: PLACE,
    removes: SELECTION,
    archives: SELECTION,
    merges: SELECTION,
    renumbers: SELECTION,
    edits: SELECTION,
    adds: PLACE,
    seed: PLACE,
  },
  shift: { by: oneOf('removal', 'insertion', 'addition', 'edit'), at: PLACE },
  errorsBeside: { report: FIELDS, keep: SHARE },
  nullList: { of: oneOf('emptyPages', 'allPages') },
  beside: { fields: FIELDS },
  noLinks: { names: TEXTS },
  absentNext: { value: ANYTHING },
  textIds: { field: TEXT, every: COUNT },
  ties: { field: TEXT, from: TEXT, group: COUNT },
  largeObjects: { characters: PLACE },
  oldPage: { uses: PLACE, ageSeconds: PLACE, obeysNoCache: FLAG },
  age: { seconds: PLACE },
  latency: { ms: PLACE },
  cutBody: { keep: SHARE },
  stalledBody: { keep: SHARE },
  lostReply: APPLIED,
  silence: APPLIED,
  revokedToken: {},
  refusedToken: { status: COUNT },
  expiredToken: {},
};

/** Options without which a kind has no meaning. */
const REQUIRED: { readonly [Kind in FaultKind]?: readonly (keyof OptionsOf<Kind>)[] } = {
  status: ['status'],
  body: ['text'],
  pageCap: ['max'],
  hide: ['objects'],
  shift: ['by'],
  latency: ['ms'],
};

/** Returns each kind with what its options must be, for readers. */
export function describeKinds(): Record<string, Record<string, string>> {
  return mapped(OPTIONS, (checks) =>
    mapped(checks as Record<string, OptionCheck>, ({ expected }) => expected),
  );
}

/**
 * Creates the hooks of a fault.
 *
 * @throws {TypeError} If the kind is unknown, or an option is unknown, wrong or missing.
 */
export function createHooks(action: FaultAction | undefined): FaultHooks {
  if (action === undefined || !FAULT_KINDS.includes(action.kind)) {
    throw new TypeError(`unknown fault; 'do.kind' must be one of ${FAULT_KINDS.join(', ')}`);
  }
  const { kind, ...options } = action;
  checkOptions(kind, options, OPTIONS[kind], REQUIRED[kind]);
  const create = FAULTS[kind] as (options: object) => FaultHooks;
  return create(options);
}

function mapped<In, Out>(
  values: Readonly<Record<string, In>>,
  change: (value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
