import type { ServerResponse } from 'node:http';
import type { ApiReply, EncodedReply } from '../api-reply.ts';
import type { Listing, PageChanges } from '../listing.ts';
import type { Tokens } from '../tokens.ts';

/**
 * Where a fault may take hold of a request, in this order. Each fault is a function from its options to a few of these.
 */
export interface FaultHooks {
  /** Before anything else, the check of the token too. */
  readonly before?: (tokens: Tokens) => Promise<void> | void;
  /** Changes the objects of the listing that is asked for. */
  readonly disturb?: (listing: Listing) => void;
  /** Answers in the place of the module; access was checked. */
  readonly instead?: (contentType: string) => ApiReply;
  /** The most objects on a page. */
  readonly cap?: number;
  /** Changes which part of the listing is served. */
  readonly aim?: PageChanges['aim'];
  /** Changes the objects and links of the page. */
  readonly alter?: PageChanges['alter'];
  /** Changes the finished answer. */
  readonly reply?: (reply: ApiReply) => ApiReply;
  /** Sends the answer in a way of its own. */
  readonly send?: (response: ServerResponse, reply: EncodedReply) => void;
}
