/** The events of the service controller and of the cloud behind it: they come from one component. */
import { hostname } from 'node:os';
import type { ApiClient } from '../../kit/api/api-client.ts';
import { createEventRecorder } from '../../kit/api/event-recorder.ts';
import type { TellEvent } from '../provider.ts';

export interface ServiceEvents extends AsyncDisposable {
  /** Never waits, and never fails. */
  readonly tell: TellEvent;
}

export function createServiceEvents(client: ApiClient): ServiceEvents {
  const source = { component: 'service-controller', host: hostname() };
  const recorder = createEventRecorder(client, source);
  return {
    tell: ({ metadata: { namespace, name, uid = '', resourceVersion } }, type, reason, message) => {
      const target = {
        apiVersion: 'v1',
        kind: 'Service',
        name,
        uid,
        ...(namespace !== undefined && { namespace }),
        ...(resourceVersion !== undefined && { resourceVersion }),
      } as const;
      recorder.record(target, type, reason, message);
    },
    [Symbol.asyncDispose]: () => recorder[Symbol.asyncDispose](),
  };
}
