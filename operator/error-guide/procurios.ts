import { type GuideEntry, NEXT_PULL_RESUMES, PULL_AGAIN, RUN_DOCTOR } from './entry.ts';

/** Errors of requests to Procurios and of its listings. */
export const PROCURIOS_ERRORS = {
  HOST_UNREACHABLE: {
    happened: 'no connection: the name is unknown, the connection is refused, or TLS fails',
    remedy: 'check the host and the network',
    meaning: 'Several attempts to connect failed. Nothing was sent.',
    look: [RUN_DOCTOR],
    steps: [
      'Check `host` and `tokenUrl` in the config: open the address in a browser.',
      'Behind a proxy, set `HTTPS_PROXY`. If the proxy decrypts TLS, also set `NODE_EXTRA_CA_CERTS`.',
      `If the address is right, wait. ${NEXT_PULL_RESUMES}`,
    ],
  },
  NOT_PROCURIOS: {
    happened: 'another server than the API answers: HTML, a redirect, a link to another host',
    remedy: 'check `host` and `path`',
    meaning:
      'The answer is an HTML page, redirects to another address, or has another content type. The program follows no redirect, so that the token only goes to the configured host.',
    look: [RUN_DOCTOR],
    steps: [
      'If it redirects to another host of yours, set `host` to that one.',
      'If it is an HTML page, check `host`, `tokenUrl` and the `path` of the stream. A maintenance page goes away by itself.',
    ],
  },
  RESPONSE_INVALID: {
    happened:
      'an answer that cannot be right: 204, 400, an error in its body, no list, objects without their key',
    remedy: 'check `path`, `mediaType`, `key`, `objects`',
    meaning:
      'Procurios answered, but the answer does not fit the config. Objects read before stay stored, and the next walk of the stream starts at its first page.',
    look: [
      '`npx procurios-sync doctor` reads the first page of each stream and compares it with the config.',
    ],
    steps: [
      '404: the `path` does not exist here. 406: the `mediaType` is wrong, often in its version.',
      'No list: correct `objects`, or leave it out.',
      'Objects without their key: choose another `key`, or add the field to the collection in Procurios.',
      '"The answer cannot be read": a server or a proxy breaks the rules of HTTP. It does not pass by itself: report it to Procurios.',
      'Too large, or too many values: ask for fewer objects on a page, with `query`.',
    ],
  },
  LIST_AMBIGUOUS: {
    happened: 'the answer has no list of objects, or several; the message names them',
    remedy: 'set `objects`',
    meaning: 'The first page does not show which list has the objects, and the program does not guess.',
    look: ['`npx procurios-sync doctor` names the lists.'],
    steps: [
      'Set `objects` of the stream to one of the pointers in the message.',
      'If there is no list at all, the `path` is probably not that of a listing.',
    ],
  },
  LISTING_INCOMPLETE: {
    happened: 'a listing was read to its end, but pages or numbers in it show that objects may be missing',
    remedy: PULL_AGAIN,
    meaning:
      'A page was empty or failed while later ones had objects, repeated earlier objects, or was not the one requested; or the listing says that it has more objects or pages than it showed. The message names the pages or the numbers. All that was shown is stored.',
    look: [RUN_DOCTOR],
    steps: [
      'Pull again, which reads the whole list: `npx procurios-sync pull`. In AWS the next scheduled pull does so by itself.',
      'If the same page fails each time, ask Procurios about it: one object on it may be the cause.',
      'If objects share the cursor, set `paging` to `after(field)` with the field of the `key`, if Procurios accepts it.',
    ],
  },
  PAGING_LOOP: {
    happened: 'the pages of a listing repeat, or bring no new objects without ending',
    remedy: 'check `paging`',
    meaning:
      'The listing returned a page that had been read already, or ten pages in a row without a new object. What was read is stored. The walk is incomplete.',
    look: ['`npx procurios-sync doctor` shows which kind of paging the listing seems to have.'],
    steps: [
      'Set the `paging` of the stream to the kind of the listing: `hal()`, `linkedPages()`, `numberedPages()`, `after(field)` or `onePage()`.',
      'If it is right and the walk still fails, report it to Procurios.',
    ],
  },
  THROTTLED: {
    happened: 'Procurios answered 429 again and again, or asked for a longer pause than the command waits',
    remedy: PULL_AGAIN,
    meaning:
      'A pull waits for each pause that Procurios names. It gives a stream up if that would wait for more than 2 hours without a page, or beyond the time of the run, or if five attempts in a row ended with 429 and a pause of at most 30 seconds or none. Other commands wait for no pause of more than 30 seconds. A change goes back to the queue, which sends it later.',
    look: [RUN_DOCTOR],
    steps: [
      NEXT_PULL_RESUMES,
      'If it happens often, lower `requestsPerSecond` to the rate agreed with Procurios, which other clients share.',
    ],
  },
  UNAVAILABLE: {
    happened: 'Procurios failed or stalled, also after several attempts',
    remedy: PULL_AGAIN,
    meaning: 'Five attempts in a row ended with a 5xx answer, a broken connection or a timeout.',
    look: [RUN_DOCTOR],
    steps: [
      NEXT_PULL_RESUMES,
      'If it lasts, ask Procurios whether there is an outage.',
      'If the message names a Content-Length again and again, a server or a proxy breaks the rules of HTTP: report it to Procurios, because it does not pass by itself.',
    ],
  },
} satisfies Record<string, GuideEntry>;
