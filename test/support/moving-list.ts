import type { Paging } from '../../lambda/core/pull/stream.ts';
import { answerJson, type Handler } from './http-server.ts';

export interface Thing {
  readonly id: number;
}

/** Things with the ids from one number to another. */
export const things = (from: number, to: number): Thing[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => ({ id: from + index }));

export const PATH = '/l/things_api/thing';
export const PAGE_SIZE = 10;

/**
 * Called when a page is asked for, before its answer is made.
 *
 * @param request - How often the page was asked for, this time included.
 * @returns Undefined for the page as it is; else the answer in its place, where a number is a status.
 */
export type OnPage = (page: number, request: number) => unknown;

/** A listing of ten things a page, which a test changes while it is read. */
export class MovingList {
  readonly kind: 'hal' | 'numberedPages';
  things: readonly Thing[];
  /** The pages that were asked for, in order. */
  readonly asked: number[] = [];
  onPage: OnPage = () => undefined;
  /** More headers of a page's answer. */
  headersOf: (page: number) => Record<string, string> = () => ({});
  /** The status of pages behind the end; undefined if they are empty. */
  statusBehindEnd: number | undefined;

  constructor(kind: MovingList['kind'], pages: number) {
    this.kind = kind;
    this.things = things(1, PAGE_SIZE * pages);
  }

  get paging(): Paging {
    return this.kind === 'hal' ? { kind: 'hal' } : { kind: 'numberedPages', ahead: 8 };
  }

  get pages(): number {
    return Math.ceil(this.things.length / PAGE_SIZE);
  }

  /** The answer with a page as it is now. */
  page(page: number, changes: object = {}): unknown {
    const list = this.things.slice(PAGE_SIZE * (page - 1), PAGE_SIZE * page);
    if (this.kind === 'numberedPages') return 'things' in changes ? changes.things : list;
    const linkTo = (number: number) => ({ href: `${PATH}?page=${number}` });
    const next = page < this.pages ? { next: linkTo(page + 1) } : {};
    const _links = { self: linkTo(page), ...next, last: linkTo(Math.max(1, this.pages)) };
    return { _links, things: list, ...changes };
  }

  readonly handler: Handler = async ({ path }, response) => {
    const page = Number(new URL(path, 'http://host').searchParams.get('page') ?? 1);
    this.asked.push(page);
    const instead = await this.onPage(page, this.asked.filter((each) => each === page).length);
    const isRefused = page > Math.max(1, this.pages) && this.statusBehindEnd !== undefined;
    const answer = instead ?? (isRefused ? this.statusBehindEnd : this.page(page));
    if (typeof answer === 'number') return answerJson(response, {}, answer);
    answerJson(response, answer, 200, this.headersOf(page));
  };
}
