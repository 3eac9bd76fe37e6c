/** Starts what the live handlers run against: the lab or a named cluster, and a proxy in front of it. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openServiceDoors, type ServiceDoor } from '../../../lab/cloud/service-doors.ts';
import { createLaboratory, startLab, type Lab } from '../../../lab/index.ts';
import { createApiClient } from '../../../proxies/kit/api/api-client.ts';
import type { Laboratory } from '../../../proxies/kit/proof.ts';
import { openApiserverProxy } from './apiserver-proxy.ts';
import type { LiveBackend } from './backend.ts';
import { throughLoadBalancer } from './load-balancer.ts';
import { openThroughCloud } from './through-cloud.ts';
import {
  ProxyStartError,
  startProxyProcess,
  type ProxyProcess,
  type ProxyProcessOptions,
} from './proxy-process.ts';

export interface BackendOptions {
  /** The lab's state, and the proofs' directories. */
  readonly directory: string;
  /** Forgets what the last lab in this directory kept. */
  readonly fresh?: boolean | undefined;
  /** A cluster of the reader's, instead of the lab. */
  readonly kubeconfigPath?: string | undefined;
  /** The proxy's port; another is chosen when it is in use. */
  readonly proxyPort: number;
  /** Of the door to the pages behind the cloud's load balancer; another is chosen when it is in use. */
  readonly pagesPort?: number;
  readonly log?: ((line: string) => void) | undefined;
}

export interface StartedBackend extends LiveBackend, AsyncDisposable {
  readonly kubeconfigPath: string;
  readonly lab: Lab | null;
  readonly kubectlProxy: ProxyProcess;
  /** To load balancers of the lab's cloud. */
  readonly doors: readonly ServiceDoor[];
}

/** @throws ProxyStartError, or what keeps the lab from starting; nothing is left running then. */
export async function startBackend(options: BackendOptions): Promise<StartedBackend> {
  await using stack = new AsyncDisposableStack();
  const { directory, fresh = false, pagesPort = 0, log } = options;
  const lab =
    options.kubeconfigPath === undefined
      ? stack.use(await startLab({ directory, fresh, ...(log ? { log } : {}) }))
      : null;
  const kubeconfigPath = lab?.kubeconfigPath ?? options.kubeconfigPath ?? '';
  // Any page in the reader's browser may reach the proxy's port: in the lab it is nobody in particular.
  const proxiedAs = lab?.visitorKubeconfigPath ?? kubeconfigPath;
  // A real cluster is only read: through our buttons, and by whoever finds the port.
  const kubectlProxy = stack.use(
    await startOnFreePort({
      kubeconfigPath: proxiedAs,
      port: options.proxyPort,
      isReadOnly: lab === null,
    }),
  );
  const apiserverProxy = lab ? stack.use(await openApiserverProxy(lab)) : null;
  const caPem = apiserverProxy?.secure?.caPem;
  const doors = lab ? stack.use(await openServiceDoors(lab, pagesPort)).doors : [];
  const pages = doors.find(({ protocol }) => protocol === 'TCP');
  const throughCloud = lab && pages ? stack.use(await openThroughCloud(lab, pages)) : null;
  const owned = stack.move();
  return {
    kind: lab ? 'lab' : 'cluster',
    version: lab?.version ?? '',
    since: new Date(),
    machines: lab,
    network: lab,
    proxies: {
      'kubectl-proxy': kubectlProxy,
      ...(lab &&
        apiserverProxy && {
          'apiserver-proxy': apiserverProxy,
          'apiserver-load-balancer': throughLoadBalancer(lab, apiserverProxy),
        }),
      ...(throughCloud && { 'cloud-load-balancer': throughCloud }),
    },
    lend: (signal) => lend(lab ?? { kubeconfigPath }, directory, signal),
    openVisit: lab ? (name) => lab.createVisitor(name) : null,
    connectAs:
      lab && caPem !== undefined
        ? (token) => createApiClient({ server: lab.server, caPem, token, userAgent: 'hop' })
        : null,
    kubeconfigPath,
    lab,
    kubectlProxy,
    doors,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startOnFreePort(options: ProxyProcessOptions): Promise<ProxyProcess> {
  try {
    return await startProxyProcess(options);
  } catch (error) {
    if (!(error instanceof ProxyStartError && error.isPortInUse)) throw error;
    return startProxyProcess({ ...options, port: 0 });
  }
}

/** A laboratory with a directory of its own; disposing of it ends what was started through it. */
export async function lend(
  lab: Parameters<typeof createLaboratory>[0],
  parent: string,
  signal: AbortSignal,
): Promise<Laboratory & AsyncDisposable> {
  const proofs = join(parent, 'proofs');
  await mkdir(proofs, { recursive: true });
  const directory = await mkdtemp(join(proofs, 'proof-'));
  const returned = new AbortController();
  const laboratory = createLaboratory(lab, {
    directory,
    signal: AbortSignal.any([signal, returned.signal]),
  });
  return {
    ...laboratory,
    async [Symbol.asyncDispose]() {
      returned.abort();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
