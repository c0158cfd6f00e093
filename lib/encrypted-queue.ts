import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface EncryptedQueueProps
  extends Omit<QueueProps, 'encryption' | 'encryptionMasterKey' | 'enforceSSL'> {
  /** @default - A key that belongs to SQS. */
  readonly encryptionKey: IKey | undefined;
}

/** A queue that is encrypted at rest, and refuses requests that are not encrypted in transit. */
export function encryptedQueue(
  scope: Construct,
  id: string,
  { encryptionKey, ...props }: EncryptedQueueProps,
): Queue {
  return new Queue(scope, id, {
    ...props,
    enforceSSL: true,
    ...(encryptionKey
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
      : { encryption: QueueEncryption.SQS_MANAGED }),
  });
}
