import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type DigestSeed, digestKey } from '../../../../lambda/core/pull/key-digest.ts';
import { TableMap } from '../../../../lambda/core/pull/table-map.ts';

const SEED: DigestSeed = [1, 2];
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
const item = (id: string, hash: string | undefined = hashOf(id)) => ({ id, hash, isTombstone: false });
const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `key-${index}`);

describe('the items', () => {
  test('an object differs from an item with another hash, and if the table has no item', () => {
    const map = new TableMap(SEED);
    for (const key of keys(5_000)) map.add(item(key));

    const differing = keys(5_000).filter((key) => map.differs(key, hashOf(key)));

    expect(differing).toEqual([]);
    expect(keys(5_000).every((key) => map.differs(key, hashOf(`${key}x`)))).toBe(true);
    expect(map.differs('key-5000', hashOf('key-5000'))).toBe(true);
    expect([map.hasItem('key-4999'), map.hasItem('key-5000')]).toEqual([true, false]);
  });

  test('what the walk stored takes the place of the item that was scanned', () => {
    const map = new TableMap(SEED);
    map.add(item('a', hashOf('old')));

    map.wrote('a', hashOf('new'));
    map.wrote('b', hashOf('b'));

    expect([map.differs('a', hashOf('new')), map.differs('a', hashOf('old'))]).toEqual([false, true]);
    expect(map.differs('b', hashOf('b'))).toBe(false);
  });

  test.each(['', 'gone', '0'.repeat(31), 'G'.repeat(32), hashOf('a').toUpperCase(), `${hashOf('a')}0`])(
    'an item with the hash %p is there, and differs from every object',
    (hash) => {
      const map = new TableMap(SEED);
      map.add(item('a', hash));

      expect(map.hasItem('a')).toBe(true);
      expect(map.differs('a', hash)).toBe(true);
      expect(map.differs('a', hashOf('a'))).toBe(true);
    },
  );

  test.each(['0'.repeat(32), `${'0'.repeat(15)}1${'0'.repeat(16)}`, 'f'.repeat(32)])(
    'an item with the hash %s equals an object with the same',
    (hash) => {
      const map = new TableMap(SEED);
      map.add(item('a', hash));

      expect(map.hasItem('a')).toBe(true);
      expect(map.differs('a', hash)).toBe(false);
    },
  );

  test('an item of another program, without a hash, is left out', () => {
    const map = new TableMap(SEED);
    map.add({ id: 'a', hash: undefined, isTombstone: false });

    expect([map.hasItem('a'), map.size, map.countLive()]).toEqual([false, 0, 0]);
  });

  test('an item that a scan shows twice counts once', () => {
    const map = new TableMap(SEED);
    map.add(item('a'));
    map.add(item('a'));

    expect([map.size, map.countLive()]).toEqual([1, 1]);
  });

  test('tombstones do not count, until the walk stores their object again', () => {
    const map = new TableMap(SEED);
    map.add(item('a'));
    map.add({ id: 'b', hash: 'gone', isTombstone: true });
    const before = map.countLive();

    map.wrote('b', hashOf('b'));

    expect([before, map.countLive()]).toEqual([1, 2]);
  });

  test('items are forgotten, and seen keys are not', () => {
    const map = new TableMap(SEED);
    for (const key of keys(5_000)) map.add(item(key));
    for (const key of keys(100)) map.see(key, 1);

    map.forgetItems();

    expect([map.size, map.countLive(), map.seenCount]).toEqual([100, 0, 100]);
    expect(keys(101).map((key) => map.see(key, 1))).toEqual([...new Array(100).fill('repeated'), 'new']);
  });
});

describe('the seen keys', () => {
  test('5,000 seen keys are told from new ones, beside as many items', () => {
    const map = new TableMap(SEED);
    for (const key of keys(5_000)) map.add(item(key));

    const first = keys(5_000).map((key) => map.see(key));
    const again = keys(5_000).map((key) => map.see(key));

    expect(new Set(first)).toEqual(new Set(['new']));
    expect(new Set(again)).toEqual(new Set(['repeated']));
    expect([map.seenCount, map.size]).toEqual([5_000, 5_000]);
    expect([map.hasSeen('key-7'), map.hasSeen('other')]).toEqual([true, false]);
  });

  test('a key that was seen with other types is ambiguous, whatever the table has', () => {
    const [number, text] = [0b0, 0b1];
    const map = new TableMap(SEED);
    map.add(item('5'));
    map.see('5', number);
    map.see('6', text);
    const other = new TableMap(SEED);
    other.restore(map.takeNewlySeen(), false);

    const sights = [map, other].map((each) => [
      each.see('5', text),
      each.see('5', number),
      each.see('6', text),
    ]);

    expect(sights).toEqual([
      ['ambiguous', 'repeated', 'repeated'],
      ['ambiguous', 'repeated', 'repeated'],
    ]);
    expect([map.seenCount, other.seenCount]).toEqual([2, 2]);
  });

  test('takeNewlySeen returns each new key once, in 16 bytes, and restore marks it elsewhere without its item', () => {
    const map = new TableMap(SEED);
    map.add(item('a'));
    for (const key of ['a', 'b']) map.see(key);
    const first = map.takeNewlySeen();
    for (const key of ['b', 'c']) map.see(key);
    const second = map.takeNewlySeen();
    const other = new TableMap(SEED);
    other.add(item('c'));

    // As a row has it: a part of a larger buffer.
    other.restore(Buffer.concat([Buffer.alloc(3), first]).subarray(3), false);
    other.restore(second, false);

    expect([first.length, second.length]).toEqual([32, 16]);
    expect(['a', 'b', 'c', 'd'].map((key) => other.see(key))).toEqual([
      'repeated',
      'repeated',
      'repeated',
      'new',
    ]);
    expect([other.hasItem('a'), other.hasItem('c')]).toEqual([false, true]);
    expect(other.takeNewlySeen()).toHaveLength(16);
  });
});

describe('a map that is saved and restored', () => {
  test('has the items that were not seen, those that were stored meanwhile, and the marks', () => {
    const map = new TableMap(SEED);
    for (const key of keys(100)) map.add(item(key));
    map.add({ id: 'gone', hash: 'gone', isTombstone: true });
    map.see('key-0');
    map.see('new');
    map.wrote('new', hashOf('new'));
    const firstSeen = map.takeNewlySeen();
    const unseen = [...map.unseenItems(30)];
    map.see('key-1', 1);
    map.wrote('key-1', hashOf('changed'));
    map.see('refused');
    const secondSeen = map.takeNewlySeen();
    map.wroteAgain('new', hashOf('newer'));
    const thirdSeen = map.takeNewlySeen();

    const other = new TableMap(SEED);
    for (const saved of [...unseen, firstSeen, secondSeen, thirdSeen]) other.restore(saved, true);

    expect(unseen.map(({ length }) => length / 16)).toEqual([30, 30, 30, 10]);
    expect([other.size, other.countLive(), other.seenCount]).toEqual([103, 101, 4]);
    expect(keys(100).filter((key) => other.differs(key, hashOf(key)))).toEqual(['key-1']);
    expect(other.differs('key-1', hashOf('changed'))).toBe(false);
    expect(other.differs('new', hashOf('newer'))).toBe(false);
    expect([other.hasItem('refused'), other.hasSeen('refused')]).toEqual([false, true]);
    expect([other.see('key-1', 0), other.see('key-1', 1), other.see('key-2')]).toEqual([
      'ambiguous',
      'repeated',
      'new',
    ]);
    expect(other.newlySeenCount).toBe(1);
  });
});

describe('the digests', () => {
  test('keys that are alike have digests that are not', () => {
    const shapes = [
      (n: number) => String(n),
      (n: number) => `member/${n}`,
      (n: number) => `${n}/${n % 7}`,
      (n: number) => 'a'.repeat(n % 2048) + String(n),
      (n: number) => String.fromCharCode(n % 3_000) + String(n),
    ];
    const digests = new Set<string>();
    const into = { high: 0, low: 0 };
    for (const shape of shapes) {
      for (let n = 0; n < 4_000; n += 1) {
        digestKey(`${shapes.indexOf(shape)}:${shape(n)}`, SEED, into);
        digests.add(`${into.high}.${into.low >>> 4}`);
      }
    }

    expect(digests.size).toBe(20_000);
  });

  test('another seed gives other digests', () => {
    const [one, other] = [
      { high: 0, low: 0 },
      { high: 0, low: 0 },
    ];
    digestKey('key', [1, 2], one);
    digestKey('key', [1, 3], other);

    expect(one.high === other.high || one.low === other.low).toBe(false);
  });
});
