/** A node of the lab: its object and lease, its pods, and the kubelet's port. */
import type { ApiClient, ApiConnection } from '../../proxies/kit/api/api-client.ts';
import { createEventRecorder } from '../../proxies/kit/api/event-recorder.ts';
import { startInformer } from '../../proxies/kit/api/informer.ts';
import type { StartWorkload } from '../workloads/workload.ts';
import { answerDoubts } from './answer-doubts.ts';
import { capture, createExecutions } from './executions.ts';
import { keepLease } from './lease.ts';
import { createNodeLog } from './node-log.ts';
import { kubeletBackOff, type BackOffTimings } from './pods/back-off.ts';
import { createReadKeyValues } from './pods/key-values.ts';
import { createPodAddresses } from './pods/pod-addresses.ts';
import { noPodLink, openPodLink } from './pods/pod-link.ts';
import { startPodManager } from './pods/pod-manager.ts';
import { createConnectApi } from './pods/service-account-token.ts';
import { inClusterServer, serviceVariables, type Service } from './pods/service-variables.ts';
import { createStatusWriter } from './pods/status-writer.ts';
import { refreshNode, registerNode } from './register.ts';
import { startKubeletServer, type KubeletServerOptions } from './server/kubelet-server.ts';

export interface NodeOptions extends KubeletServerOptions {
  readonly name: string;
  readonly version: string;
  readonly client: ApiClient;
  /** Where the client finds the API; pods find it at the `kubernetes` Service, where there is one. */
  readonly connection: ApiConnection;
  readonly nodeIPs: readonly string[];
  readonly podRanges: readonly string[];
  /** Whether ClusterIPs lead anywhere: a kube-proxy serves this node. */
  readonly hasServices?: boolean;
  /** Where pods find names: `--cluster-dns`. */
  readonly nameservers?: readonly string[];
  /** The device that gets the pods' addresses; `none` where they need no device. */
  readonly podLink: string;
  readonly findImage: (image: string) => StartWorkload | undefined;
  readonly backOff?: BackOffTimings;
  log?(line: string): void;
}

export interface LabNode extends AsyncDisposable {
  /** `172.30.0.21:10250` */
  readonly address: string;
  readonly port: number;
}

/** How often the Node's conditions say that they still hold; the lease tells it sooner. */
const refreshMs = 60_000;

/** Starts a node; resolves when it is registered, listens, and has begun its pods. */
export async function startNode(options: NodeOptions): Promise<LabNode> {
  const { client, name, podLink, podRanges } = options;
  await using starting = new AsyncDisposableStack();
  const nodeLog = createNodeLog();
  const log = (line: string) => {
    nodeLog.append(line);
    options.log?.(line);
  };
  const link = starting.use(podLink === 'none' ? noPodLink : openPodLink(podLink, podRanges));
  const statuses = starting.use(createStatusWriter(client, log));
  const events = starting.use(createEventRecorder(client, { component: 'kubelet', host: name }));
  const executions = createExecutions({ client, nameservers: options.nameservers ?? [] });
  const services = starting.use(startInformer<Service>(client, { path: '/api/v1/services', log }));
  const pods = starting.use(
    startPodManager({
      client,
      nodeName: name,
      nodeIPs: options.nodeIPs,
      addresses: createPodAddresses(podRanges),
      link,
      events,
      statuses,
      readKeyValues: createReadKeyValues(client),
      serviceVariables: async (pod) => {
        await services.synced;
        return serviceVariables(pod, services.list());
      },
      connectApi: createConnectApi(client, options.connection, async () => {
        await services.synced;
        return options.hasServices === true ? inClusterServer(services.list()) : undefined;
      }),
      backOff: options.backOff ?? kubeletBackOff,
      findImage: options.findImage,
      startCommand: executions.startCommand,
      execute: (...asked) => capture(executions, ...asked),
      log,
    }),
  );
  const logs = new Map([['kubelet.log', () => nodeLog.text()]]);
  const server = starting.use(
    await startKubeletServer(options, { client, nodeName: name, pods, executions, logs }),
  );
  const identity = {
    name,
    addresses: options.nodeIPs,
    podRanges,
    port: server.port,
    zone: `zone-${/\d+$/.exec(name)?.[0] ?? '1'}`,
    version: options.version,
  };
  const uid = await registerNode(client, identity);
  starting.use(await keepLease(client, { name, uid }, log));
  starting.use(answerDoubts(client, name, () => refreshNode(client, identity), log));
  const timer = setInterval(() => {
    refreshNode(client, identity).catch((error: unknown) => {
      log(`cannot write the node's status: ${String(error)}`);
    });
  }, refreshMs);
  starting.defer(() => clearInterval(timer));
  await pods.synced;
  events.record(
    { apiVersion: 'v1', kind: 'Node', name, uid: name },
    'Normal',
    'Starting',
    'Starting kubelet.',
  );
  log(`node ${name} listens on ${server.address}:${server.port}`);

  const running = starting.move();
  return {
    address: `${server.address}:${server.port}`,
    port: server.port,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
