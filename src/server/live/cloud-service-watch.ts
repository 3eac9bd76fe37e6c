/** Follows one Service and its events, and tells what changes as lines of the experiment. */
import type { ApiClient, KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { startInformer, type Informer } from '../../../proxies/kit/api/informer.ts';
import { finalizer } from '../../../proxies/cloud-load-balancer/facts/finalizer.ts';
import type { LoadBalancerIngress, Service } from '../../../proxies/cloud-load-balancer/service.ts';
import type { EventLine, FinalizerLine, GoneLine, StatusLine } from '../../cloud-service.ts';
import type { Untimed } from './cloud-service-journal.ts';
import { whenAborted } from './when-aborted.ts';

/** What a hostname in a status stands for is not the apiserver's to say. */
export type WatchedLine = FinalizerLine | EventLine | Omit<StatusLine, 'standsFor'> | GoneLine;

interface KubeEvent extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface ServiceWatch extends AsyncDisposable {
  /** From now on, and what has happened by now: of a Service as it was made. */
  tell(made: Service, listener: (line: Untimed<WatchedLine>) => void): void;
}

/** Resolves when nothing can be missed any more: before the Service is made. */
export async function watchService(
  client: ApiClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<ServiceWatch> {
  await using starting = new AsyncDisposableStack();
  const base = `/api/v1/namespaces/${namespace}`;
  const services = starting.use(
    startInformer<Service>(client, {
      path: `${base}/services`,
      fieldSelector: `metadata.name=${name}`,
    }),
  );
  const events = starting.use(
    startInformer<KubeEvent>(client, {
      path: `${base}/events`,
      fieldSelector: `involvedObject.name=${name},involvedObject.kind=Service`,
    }),
  );
  using gone = whenAborted(signal);
  await Promise.race([Promise.all([services.synced, events.synced]), gone.promise]);
  const running = starting.move();
  return {
    tell: (made, listener) => {
      followEvents(events, listener);
      followObject(services, made, listener);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function followEvents(
  events: Informer<KubeEvent>,
  listener: (line: Untimed<WatchedLine>) => void,
): void {
  const told = new Set<string>();
  const tell = ({ metadata, type, reason = '', message = '' }: KubeEvent) => {
    // What is said again is counted up, and was told.
    if (told.has(metadata.name)) return;
    told.add(metadata.name);
    listener({ type: 'event', level: type === 'Warning' ? 'Warning' : 'Normal', reason, message });
  };
  events.onChange((change) => {
    if (change.type !== 'deleted') tell(change.object);
  });
  for (const event of events.list()) tell(event);
}

function followObject(
  services: Informer<Service>,
  made: Service,
  listener: (line: Untimed<WatchedLine>) => void,
): void {
  let before = made;
  const compare = (now: Service) => {
    if (hasFinalizer(now) !== hasFinalizer(before)) {
      listener({ type: 'finalizer', isThere: hasFinalizer(now) });
    }
    const ingress = ingressOf(now);
    if (JSON.stringify(ingress) !== JSON.stringify(ingressOf(before))) {
      listener({ type: 'status', ingress });
    }
    before = now;
  };
  services.onChange(({ type, object }) => {
    compare(object);
    if (type !== 'deleted') return;
    // With its last finalizer it goes at once: of that change nobody is told by itself.
    if (hasFinalizer(before)) listener({ type: 'finalizer', isThere: false });
    listener({ type: 'gone' });
  });
  const { namespace = '', name } = made.metadata;
  const now = services.get(`${namespace}/${name}`);
  if (now) compare(now);
}

function hasFinalizer({ metadata }: Service): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

function ingressOf({ status }: Service): readonly LoadBalancerIngress[] {
  return status?.loadBalancer?.ingress ?? [];
}
