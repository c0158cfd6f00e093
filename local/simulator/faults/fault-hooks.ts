import type { ServerResponse } from 'node:http';
import type { ApiReply, EncodedReply } from '../api-reply.ts';
import type { Listing, PageChanges } from '../listing.ts';
import type { Tokens } from '../tokens.ts';

/**
 * Points at which a fault can change the handling of a request, in order. A fault is a function from its options to some of these.
 */
export interface FaultHooks {
  /** Runs first, before the token is checked. */
  readonly before?: (tokens: Tokens) => Promise<void> | void;
  /** Changes the objects of the requested listing. */
  readonly disturb?: (listing: Listing) => void;
  /** Answers instead of the module, after access was checked. */
  readonly instead?: (contentType: string) => ApiReply;
  /** The largest page size. */
  readonly cap?: number;
  /** Changes the part of the listing that is served. */
  readonly aim?: PageChanges['aim'];
  /** Changes the objects and links of the page. */
  readonly alter?: PageChanges['alter'];
  /** Changes the finished answer. */
  readonly reply?: (reply: ApiReply) => ApiReply;
  /** Sends the answer instead of the server. */
  readonly send?: (response: ServerResponse, reply: EncodedReply) => void;
}
