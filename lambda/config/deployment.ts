/** Functions that send changes beside each other, at most: the fewest that an event source can be held to. */
export const PUSH_CONCURRENCY = 2;
