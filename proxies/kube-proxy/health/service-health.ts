/**
 * The servers of `healthCheckNodePort`: they tell a load balancer whether this node has endpoints of a
 * Service whose external policy is Local (specification 3.11).
 */
import type { EventRecorder } from '../../kit/api/event-recorder.ts';
import {
  startStatusServer,
  type StatusAnswer,
  type StatusServer,
} from '../../kit/http/status-server.ts';
import { klogLine } from '../../kit/klog.ts';

/** A Service with a healthCheckNodePort, as it is now. */
export interface HealthCheckedService {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** Distinct IPs of ready endpoints on this node. */
  readonly localEndpoints: number;
}

export interface ServiceHealthOptions {
  readonly nodeName: string;
  readonly isProxyHealthy: () => boolean;
  readonly events: EventRecorder;
  readonly log: (line: string) => void;
}

export interface ServiceHealth extends AsyncDisposable {
  /**
   * Opens and closes servers as it is told. One that cannot be opened is tried at the next call.
   *
   * @param addresses where they listen, without ports; another list opens them anew
   */
  sync(services: readonly HealthCheckedService[], addresses: readonly string[]): Promise<void>;
}

interface Open {
  service: HealthCheckedService;
  readonly addresses: string;
  readonly servers: AsyncDisposableStack;
}

export function createServiceHealth(options: ServiceHealthOptions): ServiceHealth {
  const opened = new Map<string, Open>();

  const close = async (key: string, { servers }: Open) => {
    opened.delete(key);
    await servers.disposeAsync();
  };
  const open = async (service: HealthCheckedService, addresses: readonly string[]) => {
    await using servers = new AsyncDisposableStack();
    const key = keyOf(service);
    for (const address of addresses) {
      servers.use(
        await listen(address, service.port, () => {
          const { localEndpoints } = opened.get(key)?.service ?? { localEndpoints: 0 };
          return answerOf(service, localEndpoints, options.isProxyHealthy());
        }),
      );
    }
    opened.set(key, { service, addresses: addresses.join(), servers: servers.move() });
  };

  return {
    sync: async (services, addresses) => {
      const wanted = new Map(services.map((service) => [keyOf(service), service]));
      for (const [key, one] of opened) {
        const next = wanted.get(key);
        const isSame = next?.port === one.service.port && addresses.join() === one.addresses;
        if (next && isSame) one.service = next;
        else await close(key, one);
      }
      for (const [key, service] of wanted) {
        if (opened.has(key)) continue;
        await open(service, addresses).catch((error: unknown) => fail(service, error, options));
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const [key, one] of opened) await close(key, one);
    },
  };
}

function keyOf({ namespace, name }: HealthCheckedService): string {
  return `${namespace}/${name}`;
}

function listen(address: string, port: number, answer: () => StatusAnswer): Promise<StatusServer> {
  return startStatusServer({ host: address, port }, answer);
}

function answerOf(
  { namespace, name }: HealthCheckedService,
  localEndpoints: number,
  serviceProxyHealthy: boolean,
): StatusAnswer {
  const body = { service: { namespace, name }, localEndpoints, serviceProxyHealthy };
  return {
    status: localEndpoints > 0 && serviceProxyHealthy ? 200 : 503,
    contentType: 'application/json',
    headers: { 'X-Load-Balancing-Endpoint-Weight': String(localEndpoints) },
    body: JSON.stringify(body, undefined, '\t'),
  };
}

function fail(
  service: HealthCheckedService,
  error: unknown,
  { nodeName, events, log }: ServiceHealthOptions,
): void {
  const key = keyOf(service);
  const why = error instanceof Error ? error.message : String(error);
  const message = `node ${nodeName} failed to start healthcheck ${JSON.stringify(key)} on port ${service.port}: ${why}`;
  log(klogLine('E', 'service_health.go:139', message));
  const { namespace, name } = service;
  events.record(
    { apiVersion: 'v1', kind: 'Service', namespace, name, uid: key },
    'Warning',
    'FailedToStartServiceHealthcheck',
    message,
    'Listen',
  );
}
