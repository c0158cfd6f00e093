import type { Language } from '../api-call.ts';
import type { Fields } from '../data/object-set.ts';
import type { Switches } from '../switches.ts';

interface RelationField {
  readonly key: string;
  /** The generated key of older samples. */
  readonly generated: string;
  readonly title: Readonly<Record<Language, string>>;
  /** The field's schema without the title. Types are the vendor's, for example `date`. */
  readonly schema: Fields;
}

const field = (key: string, generated: string, nl: string, en: string, schema: Fields): RelationField => ({
  key,
  generated,
  title: { nl, en },
  schema,
});

const choices = (...options: string[]): Fields => ({
  type: 'object',
  properties: Object.fromEntries(options.map((option) => [option, { type: 'boolean', title: option }])),
});

const ADDRESS: Fields = {
  type: 'object',
  properties: {
    street: { type: 'string', title: 'Straat' },
    number: { type: 'integer', title: 'Nummer' },
    number_add: { type: 'string', title: 'Toevoeging' },
    postcode: { type: 'string', title: 'Postcode' },
    town: { type: 'string' },
    country: { type: 'string', title: 'Land' },
  },
};
const BANK: Fields = { type: 'object', properties: { iban: { type: 'string' }, bic: { type: 'string' } } };
const TEXT: Fields = { type: 'string' };
const TEXTS: Fields = { type: 'array', items: { type: 'string' } };

/** All fields of a relation, with both names. */
export const RELATION_FIELDS: readonly RelationField[] = [
  field('id', 'id', 'Relatienummer', 'Relation id', { type: 'int' }),
  field('type', 'class_1_relation_type', 'Soort relatie', 'Relation type', {
    type: 'string',
    enum: ['person', 'organisation'],
    enumNames: ['Persoon', 'Organisatie'],
  }),
  field('name', 'class_1_relation_full_name', 'Volledige naam', 'Full name', TEXT),
  field('first_name', 'class_1_relation_firstname', 'Voornaam', 'First name', TEXT),
  field('insertion', 'class_1_relation_insertion', 'Tussenvoegsel', 'Insertion', TEXT),
  field('last_name', 'class_1_relation_name', 'Achternaam', 'Name', TEXT),
  field('initials', 'class_1_relation_initials', 'Voorletters', 'Initials', TEXT),
  field('gender', 'class_1_relation_gender', 'Geslacht', 'Gender', TEXT),
  field('birth_date', 'class_1_ff_447', 'Geboortedatum', 'Birth date', { type: 'date' }),
  field('organization_name', 'class_1_relation_organization', 'Organisatie', 'Organization', TEXT),
  field('vat_number', 'class_1_ff_388', 'Btw-nummer', 'VAT number', TEXT),
  field('address', 'class_1_relation_address_0', 'Adres', 'Address', ADDRESS),
  field('postal_address', 'class_1_relation_address_1', 'Postadres', 'Postal address', ADDRESS),
  field('salutations', 'class_1_ff_390', 'Aanhef', 'Salutations', {
    type: 'object',
    properties: { formal: TEXT, informal: TEXT, envelope: TEXT },
  }),
  field('email_addresses', 'class_1_email_addresses', 'E-mailadressen', 'Email addresses', TEXTS),
  field('phone_numbers', 'class_1_phone_number_2', 'Telefoonnummers', 'Phone numbers', TEXTS),
  field('website', 'class_1_ff_391', 'Website', 'Website', TEXT),
  field('newsletters', 'class_1_ff_406', 'Nieuwsbrieven', 'Newsletters', choices('1', '2', '7')),
  field(
    'interests',
    'class_1_ff_123597',
    'Interesses',
    'Interests',
    choices('folderen', 'markt', 'bestuur', 'jongeren', 'natuur'),
  ),
  field('bank', 'class_1_ff_523', 'Bankrekening', 'Bank account', BANK),
  field('contribution', 'class_1_ff_530', 'Contributie', 'Contribution', { type: 'number' }),
  field('member_since', 'class_1_ff_531', 'Lid sinds', 'Member since', { type: 'date' }),
  field('functions', 'class_1_ff_540', 'Functies', 'Functions', { type: 'array', items: { type: 'object' } }),
  field('language', 'class_1_relation_language', 'Taal', 'Language', TEXT),
  // A property without a type, as in customer-specific modules.
  field('remarks', 'class_1_ff_555', 'Opmerkingen', 'Remarks', {}),
  field('created_on', 'class_1_relation_created', 'Aangemaakt op', 'Created on', TEXT),
];

const GENERATED = new Map(RELATION_FIELDS.map(({ key, generated }) => [key, generated]));

const READABLE = new Map(RELATION_FIELDS.map(({ key, generated }) => [generated, key]));

/** Returns the generated key of a field; the same key if the field is not in the table. */
export function generatedKeyOf(key: string): string {
  return GENERATED.get(key) ?? key;
}

/** Renames fields from the names of the switch `fieldKeys` to their readable names. */
export function relationAsKept(fields: Fields, { fieldKeys }: Switches): Fields {
  return fieldKeys === 'readable'
    ? fields
    : Object.fromEntries(Object.entries(fields).map(([name, value]) => [READABLE.get(name) ?? name, value]));
}

/** Renames fields from their readable names to those of the switch `fieldKeys`. */
export function relationAsShown(relation: Fields, { fieldKeys }: Switches): Fields {
  return fieldKeys === 'readable'
    ? relation
    : Object.fromEntries(Object.entries(relation).map(([key, value]) => [generatedKeyOf(key), value]));
}

/** Returns the `properties` of a schema with these fields, without those that the account may not see. */
export function propertiesOf(keys: ReadonlySet<string>, language: Language, switches: Switches): Fields {
  return Object.fromEntries(
    RELATION_FIELDS.filter(({ key }) => keys.has(key))
      .map(({ key, generated, title, schema }) => [
        switches.fieldKeys === 'readable' ? key : generated,
        { title: title[language], ...schema },
      ])
      .filter(([name]) => !switches.hiddenFields.includes(String(name))),
  );
}
