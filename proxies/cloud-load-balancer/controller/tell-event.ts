/** The events of the service controller and of the cloud behind it: they come from one component. */
import { hostname } from 'node:os';
import type { ApiClient } from '../../kit/api/api-client.ts';
import { createEventRecorder } from '../../kit/api/event-recorder.ts';
import { events, fillIn, type EventName } from '../facts/events.ts';
import type { TellEvent } from '../provider.ts';
import type { Service } from '../service.ts';

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

/** An event of the controller's own: which, and what its message is filled in with. */
export interface OwnEvent {
  readonly event: EventName;
  readonly values?: Readonly<Record<string, string | number>>;
}

export function tellOwn(tell: TellEvent, service: Service, { event, values = {} }: OwnEvent): void {
  const { type, reason, message } = events[event];
  tell(service, type, reason, fillIn(message, values));
}
