/**
 * The names of everything in AWS, which follow from the config.
 *
 * Two environments in one AWS account and region must not be such that one's name, a hyphen and a stream's name
 * make the other's: the stream `b-c` of `a` and the stream `c` of `a-b` would share a table. A config cannot
 * know of the other; what it can rule out, a stream whose table is some environment's state table, it refuses.
 */

/** The table with receipts, positions and the lease. */
export function stateTableName(environment: string): string {
  return `procurios-sync-${environment}-state`;
}

/** The table with the items of one stream. */
export function streamTableName(environment: string, stream: string): string {
  return `procurios-sync-${environment}-${stream}`;
}

/** The secret with `{"clientId": "…", "clientSecret": "…"}`, unless the config names another. */
export function clientSecretName(environment: string): string {
  return `procurios-sync/${environment}/client`;
}

/** The FIFO queue that carries changes. */
export function changeQueueName(environment: string): string {
  return `procurios-sync-${environment}-changes.fifo`;
}

/** Where messages end that were delivered again and again and could not even be recorded. */
export function deadLetterQueueName(environment: string): string {
  return `procurios-sync-${environment}-changes-dead.fifo`;
}
