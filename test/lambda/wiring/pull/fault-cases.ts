import type { SyncErrorCode } from '../../../../lambda/core/errors.ts';
import type { ClientLimits } from '../../../../lambda/procurios/http/limits.ts';
import type { FaultAction } from '../../../../local/simulator/simulator.ts';
import type { PagingCase } from '../../../support/paging-kinds.ts';
import { QUICK_LIMITS } from '../../../support/pull-harness.ts';

/** What goes wrong with one page in the middle of a walk. */
export interface FaultCase {
  readonly name: string;
  readonly action: FaultAction;
  readonly limits?: Partial<ClientLimits>;
}

/** A fault that passes: the walk is complete all the same. */
export interface PassingCase extends FaultCase {
  /** How often it happens before it is over. */
  readonly times?: number;
  /** Tokens asked for in the whole pull. */
  readonly tokens?: number;
  /** Requests beyond one a page. */
  readonly repeats: number;
}

/** A fault that stays: the walk ends at its page. */
export interface LastingCase extends FaultCase {
  readonly code: SyncErrorCode;
  /** What the message has to say, beside the stream and the page. */
  readonly says: RegExp;
  /** Whether the next run goes on from that page; otherwise it begins anew. */
  readonly isKept: boolean;
  /** Requests for the page before it is given up. */
  readonly tries: number;
  readonly tokens?: number;
}

/**
 * Short, because a body that stalls takes all of it. So a busy machine may let some other answers time out too: they are
 * retried, and `SLOW_ANSWERS` more requests are allowed.
 */
const STALLING = { attemptMs: 1_500, retries: 3 };
export const SLOW_ANSWERS = 20;
const EVERY_TRY = 1 + QUICK_LIMITS.retries;

export const PASSING_FAULTS: readonly PassingCase[] = [
  { name: 'status 401 once', action: { kind: 'status', status: 401 }, repeats: 1, tokens: 2 },
  { name: 'status 408 once', action: { kind: 'status', status: 408 }, repeats: 1 },
  {
    name: 'status 429 with Retry-After: 0, once',
    action: { kind: 'status', status: 429, retryAfter: 0 },
    repeats: 1,
  },
  {
    name: 'status 429 with a Retry-After of a date now, once',
    action: { kind: 'status', status: 429, retryAfterDateInSeconds: 0 },
    repeats: 1,
  },
  { name: 'status 500 once', action: { kind: 'status', status: 500 }, repeats: 1 },
  {
    name: 'status 503 as often as it is borne',
    action: { kind: 'status', status: 503 },
    times: 2,
    repeats: 2,
  },
  { name: 'a list of errors with status 200 once', action: { kind: 'errorsWith200' }, repeats: 1 },
  { name: 'a slow answer', action: { kind: 'latency', ms: 30 }, repeats: 0 },
  { name: 'a body cut short once', action: { kind: 'cutBody' }, repeats: 1 },
  { name: 'a body that stalls once', action: { kind: 'stalledBody' }, repeats: 1, limits: STALLING },
  { name: 'a revoked token', action: { kind: 'revokedToken' }, repeats: 8, tokens: 2 },
  { name: 'an expired token', action: { kind: 'expiredToken' }, repeats: 8, tokens: 2 },
];

export const LASTING_FAULTS: readonly LastingCase[] = [
  {
    name: 'status 400',
    action: { kind: 'status', status: 400 },
    code: 'RESPONSE_INVALID',
    says: /answered 400/,
    isKept: false,
    tries: 1,
  },
  {
    name: 'status 401 for ever',
    action: { kind: 'status', status: 401 },
    code: 'ACCESS_DENIED',
    says: /401, also with a new token/,
    isKept: true,
    tries: 2,
    tokens: 2,
  },
  {
    name: 'status 403',
    action: { kind: 'status', status: 403 },
    code: 'ACCESS_DENIED',
    says: /answered 403; expected access/,
    isKept: true,
    tries: 1,
  },
  {
    name: 'status 404',
    action: { kind: 'status', status: 404 },
    code: 'RESPONSE_INVALID',
    says: /answered 404/,
    isKept: false,
    tries: 1,
  },
  {
    name: 'status 429 for ever, each with Retry-After: 0',
    action: { kind: 'status', status: 429, retryAfter: 0 },
    code: 'THROTTLED',
    says: /answered 429/,
    isKept: true,
    tries: EVERY_TRY,
  },
  {
    name: 'status 429 with a Retry-After of an hour',
    action: { kind: 'status', status: 429, retryAfter: 3600 },
    code: 'THROTTLED',
    says: /pause of 3600 s/,
    isKept: true,
    tries: 1,
  },
  {
    name: 'status 429 with a Retry-After of a date in an hour',
    action: { kind: 'status', status: 429, retryAfterDateInSeconds: 3600 },
    code: 'THROTTLED',
    says: /pause of 3[56]\d\d s/,
    isKept: true,
    tries: 1,
  },
  {
    name: 'status 500 for ever',
    action: { kind: 'status', status: 500 },
    code: 'UNAVAILABLE',
    says: /answered 500/,
    isKept: true,
    tries: EVERY_TRY,
  },
  {
    name: 'a body cut short for ever',
    action: { kind: 'cutBody' },
    code: 'UNAVAILABLE',
    says: /connection broke/,
    isKept: true,
    tries: EVERY_TRY,
  },
  {
    name: 'a body that stalls for ever',
    action: { kind: 'stalledBody' },
    limits: STALLING,
    code: 'UNAVAILABLE',
    says: /no whole answer/,
    isKept: true,
    tries: 1 + STALLING.retries,
  },
  {
    name: 'another content type',
    action: { kind: 'contentType' },
    code: 'NOT_PROCURIOS',
    says: /content type text\/plain/,
    isKept: false,
    tries: 1,
  },
  {
    name: 'an HTML login page with status 200',
    action: { kind: 'loginPage' },
    code: 'NOT_PROCURIOS',
    says: /an HTML page/,
    isKept: false,
    tries: 1,
  },
  {
    name: 'a redirect',
    action: { kind: 'redirect' },
    code: 'NOT_PROCURIOS',
    says: /302, a redirect/,
    isKept: false,
    tries: 1,
  },
  {
    name: 'status 204',
    action: { kind: 'noContent' },
    code: 'RESPONSE_INVALID',
    says: /answered 204/,
    isKept: false,
    tries: 1,
  },
  {
    name: 'a missing list',
    action: { kind: 'missingList' },
    code: 'RESPONSE_INVALID',
    says: /expected the list of objects/,
    isKept: false,
    tries: 1,
  },
  {
    name: 'a list of errors with status 200',
    action: { kind: 'errorsWith200' },
    code: 'RESPONSE_INVALID',
    says: /answered 200, but its body reports an error \(errors\)/,
    isKept: false,
    tries: EVERY_TRY,
  },
];

/**
 * Whether the walk passes over a page with this fault, because the pages beyond can be requested by number. It must be neither the
 * first page nor the last one with objects.
 */
export function passesOver({ kind }: PagingCase, { code, action }: LastingCase): boolean {
  const isForbidden = action.kind === 'status' && action.status === 403;
  const isOfThePage = isForbidden || ['UNAVAILABLE', 'RESPONSE_INVALID', 'NOT_PROCURIOS'].includes(code);
  return isOfThePage && (kind === 'hal' || kind === 'numberedPages');
}
