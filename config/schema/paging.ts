import * as z from 'zod';
import { field, integer, options } from './rules.ts';

/** How a listing goes from one page to the next. Checked, it is a `Paging`. */
export const PAGING = z.discriminatedUnion(
  'kind',
  [
    options('hal()', { kind: z.literal('hal') }),
    options('linkedPages()', { kind: z.literal('linkedPages'), amount: integer(1, 1000).optional() }),
    options('numberedPages()', {
      kind: z.literal('numberedPages'),
      ahead: integer(1, 32),
      first: integer(0, 1).optional(),
    }),
    options('after(field)', { kind: z.literal('after'), field }),
    options('onePage()', { kind: z.literal('onePage') }),
  ],
  { error: 'hal(), linkedPages(), numberedPages(), after(field) or onePage()' },
);
