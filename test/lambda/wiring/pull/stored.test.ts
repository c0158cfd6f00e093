import { expect, test } from '@jest/globals';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { openOwnListing } from '../../../support/own-listing.ts';

const things = (from: number, to: number, text = 'a') =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index, text }));

describeDynamoDbs('what a pull stores of a listing', (server) => {
  test('keys that are numbers and texts may stand in one list, and a corrected one is an update', async () => {
    await using site = await openOwnListing(server, {
      things: [[{ id: '1' }, ...things(2, 30)], things(31, 60)],
    });

    const mixed = await site.receipt();
    site.pages.things = [things(1, 30), things(31, 60)];
    const corrected = await site.receipt();

    expect(mixed).toMatchObject({ status: 'complete', written: 60, rejected: 0 });
    expect(corrected).toMatchObject({ status: 'complete', written: 1, unchanged: 59, rejected: 0 });
    expect((await site.stored()).objects.size).toBe(60);
  });

  test('a list whose keys all change their type is an update of the same items', async () => {
    await using site = await openOwnListing(server, { things: [things(1, 30)] });
    await site.receipt();

    site.pages.things = [things(1, 30).map((each) => ({ ...each, id: String(each.id) }))];
    const receipt = await site.receipt();

    expect(receipt).toMatchObject({ status: 'complete', written: 30, rejected: 0 });
    expect((await site.stored()).objects.get('7')).toBe('{"id":"7","text":"a"}');
  });

  test('only a key that one walk shows as a number and as a text is rejected', async () => {
    await using site = await openOwnListing(server, {
      things: [[{ id: '5' }, ...things(1, 9)], things(10, 12)],
    });

    const receipt = await site.receipt();

    expect(receipt).toMatchObject({ fetched: 13, written: 11, rejected: 2 });
    const { objects, stateRows } = await site.stored();
    expect(objects.has('5')).toBe(false);
    expect(stateRows).toContainEqual(expect.objectContaining({ sk: 'reject#5', reason: 'KEY_AMBIGUOUS' }));
  });
});
