import { expect, test } from '@jest/globals';
import { SIMULATOR_COLLECTION, type Switches } from '../../../local/simulator/simulator.ts';
import { requestToken, startApi } from './api.ts';
import { send } from './send.ts';

const RELATIONS = `/l/relation_list_api/collection/${SIMULATOR_COLLECTION}`;
const SET = '/l/profile_api/registrationset/42';
const PROFILE = '/l/profile_api/profileset/42/5';
const MEETING = '/l/meeting2_api/meetings/3';
const OBJECTS = '/l/module_api/object';

const startWith = (switches: Partial<Switches>) => startApi({ relations: 20, switches });

test('errors have status 200 when setErrorsStatus is 200, and nothing is created', async () => {
  await using api = await startWith({ setErrorsStatus: 200 });

  const answers = [
    await send(api, 'POST', `${SET}/validate`, 'profile', {}),
    await send(api, 'POST', `${SET}/registration`, 'profile', {}),
    await send(api, 'POST', PROFILE, 'profile', { last_name: 1 }),
  ];

  expect(answers.map(({ status, json }) => [status, json])).toEqual([
    [200, { errors: ['Field last_name is required'] }],
    [200, { errors: ['Field last_name is required'] }],
    [200, { errors: ['Field last_name must be of type string'] }],
  ]);
  expect(api.simulator.control.applied()).toEqual([]);
});

test('validate answers a valid body with 204 or an empty object, as switched', async () => {
  await using api = await startWith({ validatedStatus: 204 });
  const validate = () => send(api, 'POST', `${SET}/validate`, 'profile', { last_name: 'Hopper' });

  const bodiless = await validate();
  api.simulator.control.switches({ validatedStatus: 200, emptyMap: 'object' });
  const object = await validate();

  expect([bodiless.status, bodiless.text, object.status, object.json]).toEqual([204, '', 200, {}]);
});

test('creations answer 201 when createdStatus is 201', async () => {
  await using api = await startWith({ createdStatus: 201 });

  const registered = await send(api, 'POST', `${SET}/registration`, 'profile', { last_name: 'Hopper' });
  const created = await send(api, 'POST', OBJECTS, 'application', {});

  expect([registered.status, registered.json]).toEqual([201, { relationId: 21 }]);
  expect([created.status, created.json]).toEqual([201, { id: 61 }]);
});

test('a registration answers with its own number when registrationReply is registrationId, which leads to the relation', async () => {
  await using api = await startWith({ registrationReply: 'registrationId' });

  const { json } = await send(api, 'POST', `${SET}/registration`, 'profile', { last_name: 'Hopper' });

  const found = await api.get(`${SET}/registration/${json.registrationId}`, 'profile');
  const absent = await api.get(`${SET}/registration/2`, 'profile');
  expect([json, found.json, absent.status]).toEqual([{ registrationId: 1 }, { relationId: 21 }, 404]);
});

test('changes answer 204 when changedStatus is 204', async () => {
  await using api = await startWith({ changedStatus: 204 });
  const [attendee] = (await api.get(`${MEETING}/attendees`, 'meeting2')).json.attendees;
  const price = { amount: 1, precision: 0 };

  const answers = [
    await send(api, 'POST', PROFILE, 'profile', { last_name: 'Hopper' }),
    await send(api, 'PUT', `${MEETING}/attendees/${attendee.relation_id}/presence`, 'meeting2', {
      presence: 1,
    }),
    await send(api, 'DELETE', `${MEETING}/registration/3`, 'meeting2'),
    await send(api, 'PUT', '/l/webshop2_api/webshops/1/products/1', 'webshop', {
      title: 'Vlag',
      articleNumber: 'A1',
      price,
    }),
    await send(api, 'PATCH', `${OBJECTS}/1`, 'application', {}),
    await send(api, 'DELETE', `${OBJECTS}/1`, 'application'),
  ];

  expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(6).fill([204, '']));
});

test('a second cancellation is accepted when secondCancellation is accepted, and applied once', async () => {
  await using api = await startWith({ secondCancellation: 'accepted' });
  const cancel = async (registration: number) =>
    (await send(api, 'DELETE', `${MEETING}/registration/${registration}`, 'meeting2')).status;

  const statuses = [await cancel(3), await cancel(3), await cancel(99_999)];

  expect([statuses, api.simulator.control.applied().length]).toEqual([[200, 200, 404], 1]);
});

test('unknown fields are dropped when unknownFields is ignored', async () => {
  await using api = await startWith({ unknownFields: 'ignored' });

  const { status } = await send(api, 'POST', PROFILE, 'profile', {
    last_name: 'Hopper',
    bank: null,
    nickname: 1,
  });

  const relation = (await api.get(RELATIONS)).json._embedded.relations[4];
  expect([status, relation.last_name]).toEqual([200, 'Hopper']);
  expect(relation).not.toHaveProperty('nickname');
});

test('bodies and errors have generated names when fieldKeys is generated', async () => {
  await using api = await startWith({ fieldKeys: 'generated' });

  const refused = await send(api, 'POST', `${SET}/registration`, 'profile', { last_name: 'Hopper' });
  const made = await send(api, 'POST', `${SET}/registration`, 'profile', { class_1_relation_name: 'Hopper' });

  const schema = await api.get(`${SET}/schema`, 'profile');
  expect(refused.json).toEqual({
    errors: ['Field class_1_relation_name is required', 'Unknown field last_name'],
  });
  expect(schema.json.required).toEqual(['class_1_relation_name']);
  expect(api.simulator.control.get('relation', made.json.relationId)?.last_name).toBe('Hopper');
});

test('a hidden field cannot be written', async () => {
  await using api = await startWith({ hiddenFields: ['birth_date'] });

  const body = { last_name: 'Hopper', birth_date: '1906-12-09' };
  const refused = await send(api, 'POST', `${SET}/registration`, 'profile', body);

  expect([refused.status, refused.json]).toEqual([400, { errors: ['Unknown field birth_date'] }]);
});

test('schemas of sets have no required and an escaped dialect, as switched', async () => {
  await using api = await startWith({ requiredInSchema: 'omitted', setSchemaUri: 'escapedTwice' });

  const schema = await api.get(`${SET}/schema`, 'profile');
  const refused = await send(api, 'POST', `${SET}/registration`, 'profile', {});

  expect(schema.text).toContain('"$schema":"http:\\\\\\/\\\\\\/json-schema.org');
  expect(schema.json).not.toHaveProperty('required');
  expect(refused.status).toBe(400);
});

test('module objects need the scope of objectScope', async () => {
  await using api = await startWith({});
  const tokenFor = async (scope: string) => (await requestToken(api.simulator, { scope })).json.access_token;
  const [profile, own] = [await tokenFor('profile'), await tokenFor('module/object')];
  const statuses = async () =>
    await Promise.all(
      [profile, own].map(
        async (token) => (await api.get(OBJECTS, 'application', { authorization: `Bearer ${token}` })).status,
      ),
    );

  const byDefault = await statuses();
  api.simulator.control.switches({ objectScope: 'module/object' });

  expect([byDefault, await statuses()]).toEqual([
    [200, 403],
    [403, 200],
  ]);
});
