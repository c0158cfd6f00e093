/**
 * As `Promise.all`, but waits until every promise has settled, so that a failure leaves nothing in flight.
 *
 * @throws The error of the first promise, in their order, that rejects.
 */
export async function allSettled<Value>(promises: Iterable<Promise<Value>>): Promise<Value[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
