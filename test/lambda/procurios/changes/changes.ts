import type { Change } from '../../../../lambda/core/push/change.ts';
import type { Operation } from '../../../../lambda/core/push/operation.ts';

export const MEDIA_TYPE = 'application/vnd.procurios.things+json; version=1';

export function operationWith(changes: Partial<Operation> = {}): Operation {
  return {
    name: 'addThing',
    method: 'POST',
    path: '/l/things_api/shelf/{shelf}/thing',
    mediaType: MEDIA_TYPE,
    repeatable: false,
    ids: { thingId: '/thingId' },
    ...changes,
  };
}

export function changeWith(changes: Partial<Change> = {}): Change {
  return {
    changeId: 'chg-1',
    operation: 'addThing',
    subject: 'thing/1',
    parameters: { shelf: 'top-secret' },
    body: { name: 'Ada' },
    ...changes,
  };
}
