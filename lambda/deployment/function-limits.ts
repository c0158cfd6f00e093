/** Functions that send changes beside each other, at most: the fewest that an event source can be held to. */
export const PUSH_CONCURRENCY = 2;

/** How long a run of the pull may take before Lambda times it out: it must have ended when the next night's begins. */
export const PULL_EXECUTION_HOURS = 23;

/**
 * Longest run of the function that sends changes: five minutes. Its last three are for ending the attempts that it has begun, and
 * for handing back what it did not come to.
 */
export const PUSH_TIMEOUT_SECONDS = 300;
