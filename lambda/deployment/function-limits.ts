/** How long an execution of the pull may take before Lambda times it out. It has to end before the next night's pull starts. */
export const PULL_EXECUTION_HOURS = 23;

/**
 * How long an invocation of the push may take: five minutes. It begins no attempt in the last three, which are for finishing the
 * attempts in flight and for handing back the changes that it did not reach.
 */
export const PUSH_TIMEOUT_SECONDS = 300;
