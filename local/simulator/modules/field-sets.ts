import type { ApiCall, Language } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import type { Fields } from '../data/object-set.ts';
import { readId } from '../read-parameters.ts';
import type { Access } from '../route.ts';
import type { Switches } from '../switches.ts';
import { generatedKeyOf, propertiesOf } from './relation-fields.ts';

/** A form over some of a relation's fields. */
export interface FieldSet {
  readonly id: number;
  readonly title: Readonly<Record<Language, string>>;
  readonly fields: ReadonlySet<string>;
  /** Fields that may not be empty. */
  readonly required: readonly string[];
  /** Whether the set has an image. */
  readonly hasImage: boolean;
}

const NAME_FIELDS = ['first_name', 'insertion', 'last_name', 'birth_date', 'address'];
export const PROFILE_SETS: readonly FieldSet[] = [
  {
    id: 42,
    title: { nl: 'Mijn gegevens', en: 'My details' },
    fields: new Set([...NAME_FIELDS, 'email_addresses', 'phone_numbers', 'newsletters']),
    required: [],
    hasImage: true,
  },
];
const REGISTRATION_SETS: readonly FieldSet[] = [
  {
    id: 42,
    title: { nl: 'Lid worden', en: 'Become a member' },
    fields: new Set(NAME_FIELDS),
    required: ['last_name'],
    hasImage: false,
  },
  {
    id: 3,
    title: { nl: 'Nieuwsbrief', en: 'Newsletter' },
    fields: new Set(['first_name', 'last_name', 'email_addresses', 'newsletters']),
    required: ['last_name', 'email_addresses'],
    hasImage: false,
  },
];

export const PROFILES = '/l/profile_api/profileset';
export const REGISTRATIONS = '/l/profile_api/registrationset';
export const PROFILE_ACCESS: Access = { scopes: ['profile/profile'], type: 'profile' };
export const REGISTRATION_ACCESS: Access = {
  scopes: ['profile/registration', ...REGISTRATION_SETS.map(({ id }) => `profile/registration/${id}`)],
  type: 'profile',
};

/** Returns the registration sets that the token's scopes give access to. A scope with a set's number is for that set only. */
export function grantedSets({ scopes }: ApiCall): readonly FieldSet[] {
  return scopes.has('profile/registration')
    ? REGISTRATION_SETS
    : REGISTRATION_SETS.filter(({ id }) => scopes.has(`profile/registration/${id}`));
}

/** Returns the set in the path. @throws {ApiError} With status 404 if it is not one of these. */
export function setNamed(sets: readonly FieldSet[], call: ApiCall): FieldSet {
  const wanted = readId(call, 'set');
  const found = sets.find(({ id }) => id === wanted);
  if (found === undefined) {
    throw new ApiError(404, 'Unknown set');
  }
  return found;
}

const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';

/** Returns the set's schema, with field names as in the switch `fieldKeys`. */
export function schemaOf(set: FieldSet, { language, switches }: ApiCall): Fields {
  const { title, fields, hasImage } = set;
  return {
    $schema: switches.setSchemaUri === 'plain' ? DRAFT_07 : DRAFT_07.replaceAll('/', '\\/'),
    title: title[language],
    type: 'object',
    properties: {
      ...propertiesOf(fields, language, switches),
      // Without a type, because an object, a string and null are all valid.
      ...(hasImage ? { image: { title: language === 'nl' ? 'Foto' : 'Photo' } } : {}),
    },
    ...(set.required.length > 0 && switches.requiredInSchema === 'shown'
      ? { required: requiredNames(set, switches) }
      : {}),
  };
}

/** Returns the set's required fields, with names as in the switch `fieldKeys`. */
export function requiredNames({ required }: FieldSet, { fieldKeys }: Switches): string[] {
  return required.map((key) => (fieldKeys === 'readable' ? key : generatedKeyOf(key)));
}
