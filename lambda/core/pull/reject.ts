/** Why an object could not be stored; the codes are kept in the state table beside the object's id. */
export const REJECT_REASONS = {
  NOT_AN_OBJECT: 'is not a JSON object',
  KEY_MISSING: 'has no key: the field is missing, null or empty',
  KEY_INVALID: 'has a key that is neither a string nor an integer, or not valid text',
  KEY_TOO_LONG: 'has a key of more than 2,048 bytes',
  KEY_TYPE_CHANGED: 'has a key of another type than before',
  RESERVED_NAME: 'has a field whose name is one of ours',
  EMPTY_NAME: 'has a field with an empty name',
  LONE_SURROGATE: 'holds text that is not valid Unicode',
  NUMBER_DIGITS: 'holds a number of more than 38 digits',
  NUMBER_RANGE: 'holds a number beyond what DynamoDB can hold',
  TOO_DEEP: 'is nested deeper than 32 levels',
  TOO_LARGE: 'is larger than 400 KB',
  REFUSED: 'was refused by DynamoDB',
} as const;

export type RejectReason = keyof typeof REJECT_REASONS;

/** An object that could not be stored, with its reason. Holds names of fields and the id, never a value. */
export interface Reject {
  /** The item's `_id`; undefined: the object has no usable key. */
  readonly id: string | undefined;
  readonly reason: RejectReason;
  /** The field at fault, as a path: `address.lines[2]`; undefined: the object as a whole. */
  readonly field: string | undefined;
  /** Page of the walk and index in it, from 1 and 0: all there is to find an object that has no key. */
  readonly page: number;
  readonly index: number;
}
