/** Why an object could not be stored, to follow "an object that". The state table keeps the codes with the object's id. */
export const REJECT_REASONS = {
  NOT_AN_OBJECT: 'is not a JSON object',
  KEY_MISSING: 'has no key: the field is missing, null or empty',
  KEY_INVALID: 'has a key that is neither a string nor an integer, or not valid text',
  KEY_TOO_LONG: 'has a key of more than 2,048 bytes',
  KEY_AMBIGUOUS: 'has the same key as another object, once as a number and once as a text',
  RESERVED_NAME: 'has a field whose name is reserved for the pull',
  EMPTY_NAME: 'has a field with an empty name',
  LONE_SURROGATE: 'holds text that is not valid Unicode',
  NUMBER_DIGITS: 'holds a number of more than 38 digits',
  NUMBER_RANGE: 'holds a number beyond what DynamoDB can hold',
  TOO_DEEP: 'is nested deeper than 32 levels',
  TOO_LARGE: 'is larger than 400 KB',
  REFUSED: 'was refused by DynamoDB',
} as const;

export type RejectReason = keyof typeof REJECT_REASONS;

/** An object that could not be stored, with its reason. It holds the id and names of fields, never a value. */
export interface Reject {
  /** The item's `_id`; undefined if the object has no usable key. */
  readonly id: string | undefined;
  readonly reason: RejectReason;
  /** The path of the field at fault, such as `address.lines[2]`; undefined if the whole object is at fault. */
  readonly field: string | undefined;
  /** Page of the walk and index in it, from 1 and 0. An object without a key can only be found by these. */
  readonly page: number;
  readonly index: number;
}
