/** So many actions are under way at the same time. */
const IN_FLIGHT = 32;

/** Does the action for each entry, several at the same time. After a failure no further action starts. */
export async function forEach<Entry>(
  entries: readonly Entry[],
  action: (entry: Entry) => Promise<void>,
): Promise<void> {
  const left = entries.values();
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (const entry of left) {
      if (hasFailed) return;
      await action(entry).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  const results = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, work));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
