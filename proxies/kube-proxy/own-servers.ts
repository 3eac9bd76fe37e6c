/** The two servers of kube-proxy's own: health at 10256, metrics at 10249 (specification 3.11). */
import type { EventRecorder } from '../kit/api/event-recorder.ts';
import type { AnswerPath } from '../kit/http/status-server.ts';
import { klogLine } from '../kit/klog.ts';
import type { Clock } from '../kit/clock.ts';
import { bindServer, type BoundServer } from './health/bound-server.ts';
import { healthPaths } from './health/health-paths.ts';
import type { ProxyHealth } from './health/proxy-health.ts';
import { metricsPaths } from './metrics/metrics-paths.ts';
import type { ProxyMetrics } from './metrics/proxy-metrics.ts';
import type { ModeName } from './modes/mode.ts';
import type { KubeProxySettings } from './options.ts';

export interface OwnServersOptions {
  readonly nodeName: string;
  readonly mode: ModeName;
  readonly settings: KubeProxySettings;
  readonly configz: object;
  readonly health: ProxyHealth;
  readonly metrics: ProxyMetrics;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

export interface OwnServers extends AsyncDisposable {
  readonly healthzAddress: string | null;
  readonly metricsAddress: string | null;
  /** Rejects where one of them cannot be bound and must be. */
  readonly failed: Promise<never>;
}

/** Resolves when each has been bound, or tried. */
export async function startOwnServers(options: OwnServersOptions): Promise<OwnServers> {
  const { settings, health, metrics, clock, mode, configz } = options;
  await using starting = new AsyncDisposableStack();
  const failed = Promise.withResolvers<never>();
  // Whoever starts the proxy may not look.
  failed.promise.catch(() => undefined);
  const bind = (address: string, answer: AnswerPath, announce: (error: Error) => Problem) => {
    if (address === '') return undefined;
    const onProblem = (error: Error) => {
      const { reason, message } = announce(error);
      options.log(klogLine('E', 'server.go:620', message));
      if (!settings.isBindHardFail) return true;
      recordFailure(options, reason, message);
      failed.reject(new Error(message));
      return false;
    };
    return starting.use(bindServer({ address, answer, clock, onProblem }));
  };
  const healthz = bind(
    settings.healthzBindAddress,
    healthPaths(health, clock, (path, code) =>
      metrics.add(`proxy_${path}_total`, { code: String(code) }),
    ),
    ({ message }) => ({
      reason: 'FailedToStartProxierHealthcheck',
      message: `failed to start proxy healthz on ${settings.healthzBindAddress}: ${message}`,
    }),
  );
  const metricsServer = bind(
    settings.metricsBindAddress,
    metricsPaths({ mode, configz, metrics }),
    ({ message }) => ({
      reason: 'FailedToStartMetricServer',
      message: `starting metrics server failed: ${message}`,
    }),
  );
  await Promise.all([healthz?.tried, metricsServer?.tried]);
  const owned = starting.move();
  return {
    get healthzAddress() {
      return addressOf(healthz);
    },
    get metricsAddress() {
      return addressOf(metricsServer);
    },
    failed: failed.promise,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Problem {
  readonly reason: string;
  readonly message: string;
}

function recordFailure(
  { events, nodeName }: OwnServersOptions,
  reason: string,
  message: string,
): void {
  const node = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeName } as const;
  events.record(node, 'Warning', reason, message, 'StartKubeProxy');
}

function addressOf(server: BoundServer | undefined): string | null {
  return server?.address ?? null;
}
