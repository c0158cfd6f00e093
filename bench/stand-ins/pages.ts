/** The first id. All ids have eight digits, so that they can replace each other in prepared bytes. */
export const FIRST_ID = 10_000_001;
const ID_PLACE = '{"id":'.length;
const REVISION_PLACE = '{"id":10000001,"revision":'.length;
const FIRST_REVISION = 1000;
/** Number of different objects, apart from their ids, before they repeat. */
const DIFFERENT_OBJECTS = 800;

const GIVEN_NAMES = ['Ada', 'Björn', 'Chloë', 'Daan', 'Eva', 'Fenna', 'Guus', 'Hidde', 'Iris', 'Joost'];
const FAMILY_NAMES = ['de Vries', 'Bakker', 'van der Meer', 'Jansen', 'Smit', 'Mulder', 'Dijkstra', 'Vos'];
const TOWNS = ['Houten', 'Utrecht', 'Zwolle', "'s-Hertogenbosch", 'Súdwest-Fryslân', 'Leiden', 'Ede'];
const TAGS = ['volunteer', 'donor', 'board', 'newsletter', 'speaker', 'former member'];

interface Template {
  readonly bytes: Buffer;
  /** Offset of each object. */
  readonly starts: readonly number[];
}

/** The part of a listing in an answer. */
interface Extent {
  /** Index of the first object in the listing, from 0. */
  readonly from: number;
  readonly count: number;
  /** 0 to 8999. A different revision changes an object. */
  readonly revision: number;
  /** Every how many objects one has the revision; 1 for all. The others have revision 0. */
  readonly revisedEvery: number;
  /** About how large an object is, in units of 1024 bytes. */
  readonly kilobytes: number;
}

const templates = new Map<string, Template>();

/** Returns a JSON array of objects as bytes: invented people of about 1 KB each. */
export function listBytes({ from, count, revision, revisedEvery, kilobytes }: Extent): Buffer {
  const { bytes, starts } = templateOf(from % DIFFERENT_OBJECTS, count, kilobytes);
  const list = Buffer.from(bytes);
  starts.forEach((start, index) => {
    list.write(String(FIRST_ID + from + index), start + ID_PLACE, 'latin1');
    const isRevised = (from + index) % revisedEvery === 0;
    list.write(String(FIRST_REVISION + (isRevised ? revision : 0)), start + REVISION_PLACE, 'latin1');
  });
  return list;
}

function templateOf(first: number, count: number, kilobytes: number): Template {
  const name = `${first}/${count}/${kilobytes}`;
  let template = templates.get(name);
  if (template === undefined) {
    template = createTemplate(first, count, kilobytes);
    templates.set(name, template);
  }
  return template;
}

function createTemplate(first: number, count: number, kilobytes: number): Template {
  const objects = Array.from({ length: count }, (_, index) => objectText(first + index, kilobytes * 1024));
  const starts: number[] = [];
  let end = 1;
  for (const object of objects) {
    starts.push(end);
    end += Buffer.byteLength(object) + 1;
  }
  return { bytes: Buffer.from(`[${objects.join()}]`), starts };
}

/** The size of a person, about. */
const PERSON_BYTES = 1024;
const MINUTES = 'The board met, and nothing was decided. ';

/** A person, with the first fields only or with minutes as long as needed. */
function objectText(index: number, bytes: number): string {
  const fields = Object.entries(person(index));
  if (bytes > PERSON_BYTES) {
    fields.push(['minutes', MINUTES.repeat((bytes - PERSON_BYTES) / MINUTES.length)]);
  }
  const textOf = () => JSON.stringify(Object.fromEntries(fields));
  while (bytes < PERSON_BYTES && Buffer.byteLength(textOf()) > bytes) fields.pop();
  return textOf();
}

function person(index: number) {
  const pick = (choices: readonly string[], factor: number) =>
    choices[(index * factor) % choices.length] ?? '';
  const given = pick(GIVEN_NAMES, 3);
  const family = pick(FAMILY_NAMES, 5);
  const town = pick(TOWNS, 11);
  return {
    id: FIRST_ID,
    revision: FIRST_REVISION,
    name: `${given} ${family}`,
    first_name: given,
    last_name: family,
    salutation: `Geachte heer of mevrouw ${family}`,
    email: `person.${index}@example.com`,
    email_verified: index % 3 !== 0,
    phone: `+31 30 ${100_0000 + index * 37}`,
    mobile: index % 4 === 0 ? null : `+31 6 ${1000_0000 + index * 911}`,
    birth_date: `19${50 + (index % 50)}-0${1 + (index % 9)}-1${index % 10}`,
    language: index % 7 === 0 ? 'en_GB' : 'nl_NL',
    member_since: `20${10 + (index % 15)}-04-01T09:${10 + (index % 50)}:00+02:00`,
    member_until: null,
    contribution: { amount: 1250 + index, precision: 2 },
    balance: (index * 7919) / 100,
    is_organization: false,
    address: {
      street: `${town}sestraatweg`,
      number: String(1 + (index % 240)),
      addition: index % 5 === 0 ? ' a' : '',
      postcode: `${1000 + (index % 8999)} MX`,
      town,
      country: 'NL',
    },
    functions: [
      { id: 40 + (index % 9), title: pick(TAGS, 7), from: '2021-01-01', until: null },
      { id: 60 + (index % 9), title: pick(TAGS, 13), from: '2023-06-15', until: '2025-06-14' },
    ],
    tags: [pick(TAGS, 1), pick(TAGS, 17)],
    remark: `Prefers the telephone, ${town}; "call after six", answered ${index % 12} times.`,
    class_1_ff_12: pick(TAGS, 19),
    class_1_ff_13: index % 2 === 0 ? `Received ${index % 40} letters and ${index % 7} visits in 2025` : null,
    class_1_ff_14: [index % 5, (index % 5) + 3],
    modified: `2026-0${1 + (index % 9)}-1${index % 10}T12:00:00+02:00`,
  };
}
