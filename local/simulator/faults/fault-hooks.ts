import type { ServerResponse } from 'node:http';
import type { ApiCall } from '../api-call.ts';
import type { ApiReply, EncodedReply } from '../api-reply.ts';
import type { Listing, PageChanges } from '../listing.ts';
import type { Tokens } from '../tokens.ts';

/**
 * Points at which a fault can change the handling of a request, in order. A fault is a function from its options to some of these.
 */
export interface FaultHooks {
  /** Runs first, before the token is checked. */
  readonly before?: (tokens: Tokens) => Promise<void> | void;
  /** Changes the objects themselves before the listing is read. */
  readonly disturb?: (listing: Listing, call: ApiCall) => void;
  /** Returns the numbers of objects that the listing is served without. */
  readonly hide?: (listing: Listing) => readonly number[];
  /** Replaces the list or its order. */
  readonly arrange?: (listing: Listing) => Listing;
  /** Answers instead of the module, after access was checked. */
  readonly instead?: (contentType: string) => ApiReply;
  /** The largest page size. */
  readonly cap?: number;
  /** Changes the part of the listing that is served. */
  readonly aim?: PageChanges['aim'];
  /** Changes the objects and links of the page. */
  readonly alter?: PageChanges['alter'];
  /** Changes the finished answer. */
  readonly reply?: (reply: ApiReply, call: ApiCall) => ApiReply;
  /** Sends the answer instead of the server. */
  readonly send?: (response: ServerResponse, reply: EncodedReply) => void;
}
