import { describe, expect, test } from '@jest/globals';
import { noCounts } from '../../../../lambda/core/pull/counts.ts';
import type { Receipt } from '../../../../lambda/core/pull/receipt.ts';
import { doubtsAbout, type Evidence, type StreamEvidence } from '../../../../lambda/core/pull/verdict.ts';

const NOW = Date.parse('2026-11-24T10:00:00.000Z');
const HOUR = 60 * 60 * 1000;
const WELL: Receipt = { status: 'complete', ...noCounts() };
const FAILED: Receipt = {
  ...WELL,
  status: 'failed',
  error: { code: 'UNAVAILABLE', message: 'answered 503' },
};

function at(hours: number): string {
  return new Date(NOW - hours * HOUR).toISOString();
}

function members(more: Partial<StreamEvidence> = {}): StreamEvidence {
  return { name: 'members', wholeAsOf: at(6), lastWalk: WELL, rejects: 0, ...more };
}

function evidence(more: Partial<Evidence> = {}): Evidence {
  return { streams: [members()], nowMs: NOW, tooOldMs: 26 * HOUR, ...more };
}

describe('doubtsAbout', () => {
  test('doubtsAbout has no doubt about complete, young walks without rejects', () => {
    expect(doubtsAbout(evidence())).toEqual([]);
  });

  test('doubtsAbout takes no evidence for a doubt', () => {
    const streams = [{ name: 'members', rejects: 0 }];

    expect(doubtsAbout({ streams, nowMs: NOW })).toEqual([{ kind: 'never', streams: ['members'] }]);
  });

  test('doubtsAbout joins streams whose last walk ended with the same code', () => {
    const streams = ['a', 'b', 'c'].map((name) => members({ name, lastWalk: name === 'c' ? WELL : FAILED }));

    expect(doubtsAbout(evidence({ streams }))).toEqual([
      { kind: 'walk', status: 'failed', streams: ['a', 'b'], error: FAILED.error },
    ]);
  });

  test('doubtsAbout finds walks that are too old, unless pulls have no schedule', () => {
    const streams = [members(), members({ name: 'orders', wholeAsOf: at(27) })];

    expect(doubtsAbout(evidence({ streams }))).toEqual([
      { kind: 'old', streams: ['orders'], oldest: at(27) },
    ]);
    expect(doubtsAbout({ streams, nowMs: NOW })).toEqual([]);
  });

  test('doubtsAbout does not count the time of the pull in progress as age', () => {
    const streams = [members({ wholeAsOf: at(27) })];

    expect(doubtsAbout(evidence({ streams, pullingSince: at(3) }))).toEqual([]);
    expect(doubtsAbout(evidence({ streams, pullingSince: at(0.5) }))).toMatchObject([{ kind: 'old' }]);
  });

  test('doubtsAbout finds every reject', () => {
    expect(doubtsAbout(evidence({ streams: [members({ rejects: 1 })] }))).toEqual([
      { kind: 'rejects', stream: 'members', count: 1 },
    ]);
  });

  test('doubtsAbout finds runs that did not end, and times in the future', () => {
    const error = { code: 'INTERRUPTED', message: 'cut off' } as const;
    const run = {
      runId: 'r',
      startedAt: at(2),
      finishedAt: at(1),
      status: 'failed',
      streams: {},
      error,
    } as const;
    const cutOff = { owner: 'process 7', since: at(1) };
    const streams = [members({ wholeAsOf: at(-3) })];

    expect(doubtsAbout(evidence({ streams, cutOff, latestRun: run, futureRun: at(-9) }))).toEqual([
      { kind: 'cutOff', ...cutOff },
      { kind: 'runFailed', startedAt: at(2), error },
      { kind: 'future', startedAt: at(-9) },
      { kind: 'future', startedAt: at(-3), stream: 'members' },
    ]);
  });
});
