import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from '@jest/globals';
import { SIMULATOR_COLLECTION } from '../../../local/simulator/simulator.ts';
import { startApi } from './api.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const PAGE_SIZE = 100;

/**
 * Expects that the last page of the relations is as it must be, and that reading pages does not keep their relations in memory.
 *
 * @param options.pagesRead - The number of pages, at least 100 so that their relations would take 10 MB or more.
 */
export async function expectAnyPage(options: {
  readonly relations: number;
  readonly pagesRead: number;
}): Promise<void> {
  const { relations, pagesRead } = options;
  const lastPage = relations / PAGE_SIZE;
  const firstRead = lastPage * 0.9 - pagesRead;
  await using api = await startApi({ relations });
  const last = await api.get(`${RELATIONS}?page=${lastPage}`);
  const before = heapInUse();

  for (let page = firstRead; page < firstRead + pagesRead; page += 1) {
    await api.get(`${RELATIONS}?page=${page}`);
  }

  expect(last.json._embedded.relations.map(({ id }: { id: number }) => id)).toEqual(
    Array.from({ length: PAGE_SIZE }, (_, index) => relations - PAGE_SIZE + 1 + index),
  );
  expect(last.json._links.last.href).toBe(`${RELATIONS}?page=${lastPage}`);
  expect(heapInUse() - before).toBeLessThan(5_000_000);
}

/** Returns the bytes in use after a full garbage collection. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
