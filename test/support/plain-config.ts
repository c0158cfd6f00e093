import { registration } from '../../config/catalogue/operations.ts';
import { relationCollection } from '../../config/catalogue/streams.ts';

/** A config with two streams, an operation and nothing that could be left out. */
export const PLAIN_CONFIG = {
  environment: 'acme',
  host: 'https://acme.procurios.example',
  auth: { grant: 'clientCredentials', scopes: ['relation_list_api/relation'] },
  streams: [
    relationCollection('members', '4d036265-2b90-423e-9e54-867bbe1fd5ef'),
    relationCollection('donors', '5d036265-2b90-423e-9e54-867bbe1fd5ef'),
  ],
  operations: { register: registration({ set: 42 }) },
};
