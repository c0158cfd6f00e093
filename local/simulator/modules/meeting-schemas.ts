const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';
const ML_STRING = {
  type: 'array',
  items: { type: 'object', properties: { locale: { type: 'string' }, string: { type: 'string' } } },
} as const;
const NULLABLE_TEXT = { type: ['string', 'null'] } as const;

export const MEETING_SCHEMA = {
  $schema: DRAFT_07,
  title: 'Meeting',
  type: 'object',
  definitions: { mlString: ML_STRING },
  properties: {
    id: { type: 'integer' },
    title: { type: 'string' },
    title_ml: { $ref: '#/definitions/mlString' },
    ownerId: { type: 'integer' },
    start: { type: 'string', format: 'date-time' },
    end: { type: 'string', format: 'date-time' },
    publishedFrom: { type: 'string', format: 'date-time' },
    registrationEnd: { type: ['string', 'null'], format: 'date-time' },
    languageCode: { type: 'string', pattern: '^[a-z]{2}$' },
    shortDescription: { type: 'string' },
    longDescription: { type: 'string' },
    locationIds: { type: 'array', items: { type: 'integer' } },
    _links: { type: 'object' },
  },
} as const;

export const REGISTRATION_SCHEMA = {
  $schema: DRAFT_07,
  title: 'Registration',
  type: 'object',
  properties: {
    relationId: { type: 'integer' },
    ticketId: { type: ['integer', 'null'] },
    remark: NULLABLE_TEXT,
    sendEmail: { type: 'boolean' },
  },
  required: ['relationId'],
} as const;

export const ATTENDEE_SCHEMA = {
  $schema: DRAFT_07,
  title: 'Attendees',
  type: 'object',
  properties: {
    attendees: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          relation_id: { type: 'int' },
          relation_name: { type: 'string' },
          relation_first_name: NULLABLE_TEXT,
          relation_insertion: NULLABLE_TEXT,
          relation_last_name: { type: 'string' },
          relation_initials: NULLABLE_TEXT,
          presence: { type: 'integer', enum: [0, 1, 2] },
          activitiesSignedUp: { type: 'array', items: { type: 'integer' } },
          organization_name: NULLABLE_TEXT,
          registration_status: { type: 'integer' },
        },
      },
    },
  },
} as const;

export const LOCATION_SCHEMA = {
  $schema: DRAFT_07,
  title: 'Locations',
  type: 'object',
  $defs: {
    mlString: ML_STRING,
    location: {
      type: 'object',
      properties: {
        id: { type: 'integer' },
        title: { type: 'string' },
        title_ml: { $ref: '#/$defs/mlString' },
        description: { type: 'string' },
        description_ml: { $ref: '#/$defs/mlString' },
        address: { type: 'object' },
        capacity: { type: 'integer' },
        images: { type: 'array', items: { type: 'object', properties: { url: { type: 'string' } } } },
      },
    },
  },
  properties: { locations: { type: 'array', items: { $ref: '#/$defs/location' } } },
} as const;
