import { expect, test } from '@jest/globals';
import { SIMULATOR_COLLECTION, startSimulator } from '../../../local/simulator/simulator.ts';
import { expectAnyPage } from './any-page.ts';
import { startApi } from './api.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const SAMPLED = [
  [`${RELATIONS}?page=2`, 'relation'],
  ['/l/contact_moment_api/contact_moment', 'contact_moment'],
  ['/l/webshop2_api/webshops/1/orders', 'webshop'],
  ['/l/email_api/tracking/2/recipients', 'emailtracking'],
] as const;

async function sample(seed: number): Promise<string[]> {
  await using api = await startApi({ relations: 150, seed });
  return await Promise.all(SAMPLED.map(async ([path, type]) => (await api.get(path, type)).text));
}

test('the same seed gives the same bytes, another seed gives others', async () => {
  const first = await sample(5);
  const again = await sample(5);
  const other = await sample(6);

  expect(again).toEqual(first);
  expect(first.map((text, index) => text === other[index])).toEqual([false, false, false, false]);
});

test('relations have many different names, and addresses at example.com only', async () => {
  await using api = await startApi({ relations: 400 });

  const relations = (await api.pages(RELATIONS, 'relation', (json) => json._embedded.relations)).flat();

  expect(new Set(relations.map(({ name }) => name)).size).toBeGreaterThan(350);
  const addresses = relations.flatMap(({ email_addresses }) => email_addresses);
  expect(addresses.filter((address) => !/^[a-z0-9.]+@example\.com$/.test(address))).toEqual([]);
});

test('any page of 100,000 relations is served, and the relations do not stay in memory', async () => {
  await expectAnyPage({ relations: 100_000, pagesRead: 100 });
});

test('objects near the end of a million can be removed, edited and created', async () => {
  await using api = await startApi({ relations: 1_000_000 });
  const { control } = api.simulator;

  control.remove('relation', 999_950);
  control.edit('relation', 999_949, { first_name: 'Ada' });
  const added = control.create('relation');
  const { json } = await api.get(`${RELATIONS}?page=10000`);

  const relations: { id: number; first_name: string }[] = json._embedded.relations;
  expect(relations.map(({ id }) => id)).toEqual([
    ...Array.from({ length: 49 }, (_, index) => 999_901 + index),
    ...Array.from({ length: 50 }, (_, index) => 999_951 + index),
    added,
  ]);
  expect(relations.find(({ id }) => id === 999_949)?.first_name).toBe('Ada');
});

test('an invalid number of relations is refused', async () => {
  await expect(startSimulator({ relations: 0 })).rejects.toThrow(
    "'relations' must be a whole number from 1; got 0",
  );
});
