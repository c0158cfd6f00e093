import { DeleteTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { Stream } from '../../../../lambda/core/pull/stream.ts';
import { streamTableName } from '../../../../lambda/deployment/names.ts';
import { createTables } from '../../../../local/endpoints/tables.ts';
import { scanItems } from '../../../../operator/tables/read-items.ts';
import { type DynamoDbServer, describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { type OwnListing, openOwnListing } from '../../../support/own-listing.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = DAY_MS / 24;
const realNow = Date.now;

let shiftedMs = 0;
/** Makes it so many days later for this process. */
function nights(count: number): void {
  shiftedMs += count * DAY_MS;
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() + shiftedMs);
}
afterEach(() => {
  jest.restoreAllMocks();
});

/** The time so many hours from now, as Procurios writes it. */
const hoursFromNow = (hours: number): string =>
  new Date(Date.now() + hours * HOUR_MS).toISOString().replace('Z', '+00:00');

/** An entry of the archive: the object and, if it was merged, the one that was kept. */
const entry = (id: number, kept: number | null = null, archived_on: unknown = hoursFromNow(0)) => ({
  archived_relation_id: id,
  archived_on,
  archived_reason: null,
  kept_relation_id: kept,
});

/** How a stream's archive is linked, and the relation with a number as an object of the stream. */
interface Link {
  readonly name: string;
  readonly overrides: Partial<Stream>;
  readonly object: (relation: number) => { readonly [field: string]: unknown };
  /** The `_id` of the relation's item. */
  readonly idOf: (relation: number) => string;
}

const BY_ID: Link = {
  name: 'by its id',
  overrides: { archive: { stream: 'archived' } },
  object: (id) => ({ id, text: 'a' }),
  idOf: String,
};
const BY_NUMBER: Link = {
  name: 'by a field with a number',
  overrides: { key: ['card'], archive: { stream: 'archived', by: 'relation' } },
  object: (relation) => ({ card: `card/${relation}`, relation }),
  idOf: (relation) => `card%2F${relation}`,
};
const BY_TEXT: Link = {
  name: 'by a field with a text',
  overrides: { key: ['card', 'year'], archive: { stream: 'archived', by: 'relation' } },
  // The key is the number of another relation, so that a look-up by the wrong one finds an entry.
  object: (relation) => ({ card: relation + 1, year: 1, relation: `${relation}` }),
  idOf: (relation) => `${relation + 1}/1`,
};

/** A listing of relations, and its archive. */
class Site implements AsyncDisposable {
  readonly link: Link;
  readonly listing: OwnListing;
  readonly #server: DynamoDbServer;

  static async open(server: DynamoDbServer, link: Link, count = 30): Promise<Site> {
    const paging = { kind: 'onePage' } as const;
    const listing = await openOwnListing(server, { archived: [], things: [] }, server.url, (name) =>
      name === 'things'
        ? { paging, deletes: 'fromWalk', goneAfter: 2, ...link.overrides }
        : { paging, key: ['archived_relation_id'] },
    );
    const site = new Site(server, link, listing);
    site.list(count);
    await site.night(0);
    return site;
  }

  private constructor(server: DynamoDbServer, link: Link, listing: OwnListing) {
    this.#server = server;
    this.link = link;
    this.listing = listing;
  }

  /** Lists the relations up to one, without some of them. */
  list(count: number, without: readonly number[] = []): void {
    const relations = Array.from({ length: count }, (_, index) => index + 1);
    const listed = relations.filter((relation) => !without.includes(relation));
    this.listing.pages.things = [listed.map(this.link.object)];
  }

  archive(...entries: readonly object[]): void {
    this.listing.pages.archived = [[...(this.listing.pages.archived?.[0] ?? []), ...entries]];
  }

  /** Pulls after so many nights. @returns The receipt of the listing. */
  async night(count = 1) {
    nights(count);
    return (await this.listing.pull()).streams.things;
  }

  /** Why the relations are gone and into which they were merged, by their numbers. */
  async gone(): Promise<Record<string, string>> {
    const gone: Record<string, string> = {};
    const relations = new Map(Array.from({ length: 100 }, (_, index) => [this.link.idOf(index), index]));
    const tableName = this.tableName('things');
    for await (const items of scanItems(this.#server.client(), tableName, { withDeleted: true })) {
      for (const { _id, _deletedAt, _deletedBecause, _mergedInto = '' } of items) {
        if (_deletedAt === undefined) continue;
        gone[`${relations.get(String(_id))}`] = `${_deletedBecause} ${_mergedInto}`.trim();
      }
    }
    return gone;
  }

  tableName(stream: string): string {
    return streamTableName(this.listing.config.environment, stream);
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.listing[Symbol.asyncDispose]();
  }
}

describeDynamoDbs('an archive that names objects', (server) => {
  test.each([BY_ID, BY_NUMBER, BY_TEXT])(
    'an object that it names $name is gone in the first night that misses it, and other objects are not',
    async (link) => {
      await using site = await Site.open(server, link);
      site.archive(entry(7), entry(8, 20));
      site.list(30, [7, 8, 9]);

      expect(await site.night()).toMatchObject({ status: 'complete', gone: 2, missed: 1 });
      expect(await site.gone()).toEqual({ 7: 'archived', 8: 'merged 20' });
    },
  );

  test.each([BY_ID, BY_NUMBER, BY_TEXT])(
    'merges whose entries come out of order and late name the last survivor $name',
    async (link) => {
      await using site = await Site.open(server, link);
      site.list(30, [1]);
      site.archive(entry(1, 2));
      await site.night();
      expect(await site.gone()).toEqual({ 1: 'merged 2' });

      site.list(30, [1, 2, 3]);
      const late = entry(2, 3);
      site.archive(entry(3));
      await site.night();
      expect(await site.gone()).toEqual({ 1: 'merged 2', 3: 'archived' });

      site.archive(late);
      await site.night();
      expect(await site.gone()).toEqual({ 1: 'merged 3', 2: 'merged 3', 3: 'archived' });
    },
  );

  test('a chain of merges is followed for 20 steps, and a circle ends before it comes round', async () => {
    await using site = await Site.open(server, BY_NUMBER, 60);
    const chain = Array.from({ length: 25 }, (_, index) => entry(index + 1, index + 2));
    site.archive(...chain, entry(31, 32), entry(32, 33), entry(33, 31), entry(34, 34));
    site.list(60, [1, 31, 34]);

    await site.night();

    expect(await site.gone()).toEqual({ 1: 'merged 21', 31: 'merged 33', 34: 'archived' });
  });

  test.each([BY_ID, BY_NUMBER])(
    'an object that it names $name stays while it is listed, and is gone in the first night without it',
    async (link) => {
      await using site = await Site.open(server, link);
      site.archive(entry(7, 8, hoursFromNow(48)));

      expect(await site.night()).toMatchObject({ gone: 0, missed: 0 });
      expect(await site.night()).toMatchObject({ gone: 0, missed: 0 });
      site.list(30, [7]);
      expect(await site.night()).toMatchObject({ gone: 1 });
      expect(await site.gone()).toEqual({ 7: 'merged 8' });
    },
  );

  test('an object that was archived and brought back is gone only when enough walks miss it', async () => {
    await using site = await Site.open(server, BY_NUMBER);
    site.list(30, [7]);
    site.archive(entry(7));
    expect(await site.night()).toMatchObject({ gone: 1 });
    site.list(30);
    expect(await site.night()).toMatchObject({ written: 1, returned: 1 });
    await site.night();

    site.list(30, [7]);
    expect(await site.night(365)).toMatchObject({ gone: 0, missed: 1 });
    expect(await site.night()).toMatchObject({ gone: 1 });
    expect(await site.gone()).toEqual({ 7: expect.stringMatching(/^absent \S+ \S+$/) });
  });

  test.each<[string, unknown]>([
    ['no offset', '2099-01-01T00:00:00'],
    ['no form of a time', 'yesterday'],
    ['a number', 4_070_908_800],
    ['nothing', null],
  ])('an entry whose date has %s names nothing', async (_what, archivedOn) => {
    await using site = await Site.open(server, BY_NUMBER);
    site.archive(entry(7, 8, archivedOn));
    site.list(30, [7]);

    expect(await site.night()).toMatchObject({ status: 'complete', gone: 0, missed: 1 });
    expect(await site.night()).toMatchObject({ status: 'complete', gone: 1 });
    expect(await site.gone()).toEqual({ 7: expect.stringMatching(/^absent \S+ \S+$/) });
  });

  test('entries of earlier nights serve where the archive failed in this run', async () => {
    await using site = await Site.open(server, BY_NUMBER);
    site.archive(entry(7));
    const { pull, config } = site.listing;
    await pull({ streams: config.streams.filter(({ name }) => name === 'archived') });
    site.list(30, [7]);
    site.listing.pages.archived = ['<p>Sign in</p>'];
    nights(1);
    const { streams } = await pull();

    expect(streams.archived?.status).toBe('failed');
    expect(streams.things).toMatchObject({ status: 'complete', gone: 1, missed: 0 });
  });

  test('an empty archive, and items of another program in it, name nothing', async () => {
    await using site = await Site.open(server, BY_NUMBER);
    const TableName = site.tableName('archived');
    const Item = marshall({ _id: '7', ...entry(7, 8) });
    await server.client().send(new PutItemCommand({ TableName, Item }));
    site.list(30, [7, 9]);

    expect(await site.night()).toMatchObject({ status: 'complete', gone: 0, missed: 2 });
  });

  test('an archive without its table fails the stream in words, and the next pull after it was created ends the walk', async () => {
    await using site = await Site.open(server, BY_NUMBER);
    const TableName = site.tableName('archived');
    await server.client().send(new DeleteTableCommand({ TableName }));
    site.list(30, [7]);

    const without = await site.night();
    expect(without).toMatchObject({ status: 'failed', error: { code: 'STORE_MISSING' } });
    expect(without?.error?.message).toContain(TableName);
    expect(await site.gone()).toEqual({});

    await createTables(server.client(), site.listing.config);
    site.archive(entry(7, null, hoursFromNow(-1)));
    expect(await site.night()).toMatchObject({ status: 'complete', gone: 1 });
  });
});
