/** Connects from a machine or a pod of the lab, for examples and proofs. */
import { isIPv6 } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ApiClient, KubeObject } from '../proxies/kit/api/api-client.ts';
import type {
  ConnectFrom,
  ConnectOutcome,
  ConnectRequest,
  ConnectTarget,
} from '../proxies/kit/connect-request.ts';
import type { Cluster } from './cluster.ts';
import type { ConnectOrder } from './l4-client/make-connections.ts';
import { frugalFlags } from './machines/frugal.ts';

export interface ConnectOptions {
  readonly onOutcome?: ((outcome: ConnectOutcome) => void) | undefined;
  /** Ends it: what has not been tried is not tried. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the connections that are asked for, and tells what came of each as it comes. Resolves with all of
 * it, in the order in which it came.
 *
 * @throws Error when it cannot be tried: there is no such pod, Service or machine.
 */
export type Connect = (
  from: ConnectFrom,
  request: ConnectRequest,
  options?: ConnectOptions,
) => Promise<readonly ConnectOutcome[]>;

const program = fileURLToPath(new URL('l4-client/main.ts', import.meta.url));

export function createConnect(
  client: ApiClient,
  cluster: Pick<Cluster, 'run' | 'machines' | 'place' | 'loadBalancers'>,
): Connect {
  const { run, machines, place, loadBalancers } = cluster;
  return async (from, { to, ...request }, { onOutcome, signal } = {}) => {
    const target = await resolveTarget({ client, loadBalancers }, to);
    const source = await resolveSource(client, from, machines());
    if (place.mode === 'loopback' && !target.address.startsWith('127.')) {
      // Whatever else it is, it is not the lab's.
      throw new Error(`On loopback the lab is below 127, and ${target.address} is not.`);
    }
    const own = source.addresses.find((one) => isIPv6(one) === isIPv6(target.address));
    const order: ConnectOrder = { ...request, ...target, ...(own && { from: own }) };
    const outcomes: ConnectOutcome[] = [];
    let rest = '';
    const read = (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        // The program is ours.
        const outcome = JSON.parse(line) as ConnectOutcome;
        outcomes.push(outcome);
        onOutcome?.(outcome);
      }
    };
    const argv = [process.execPath, ...frugalFlags, program];
    const stdin = JSON.stringify(order);
    const { status, stderr } = await run(source.machine, argv, { stdin, signal, onStdout: read });
    if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1) ?? `status ${status}`);
    return outcomes;
  };
}

interface Pod extends KubeObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly podIPs?: readonly { readonly ip: string }[] };
}

async function resolveSource(
  client: ApiClient,
  from: ConnectFrom,
  machines: ReturnType<Cluster['machines']>,
): Promise<{ readonly machine: string; readonly addresses: readonly string[] }> {
  if ('machine' in from) {
    const machine = machines.find(({ name }) => name === from.machine);
    if (!machine) throw new Error(`There is no machine ${from.machine}.`);
    // On loopback it has none: there the system chooses.
    return { machine: machine.name, addresses: machine.addresses.filter(isPlain) };
  }
  const { spec, status } = await client.get<Pod>(pathOf('pods', from.pod));
  const addresses = (status?.podIPs ?? []).map(({ ip }) => ip);
  if (!spec?.nodeName || addresses.length === 0)
    throw new Error(`The pod ${from.pod} does not run.`);
  return { machine: spec.nodeName, addresses };
}

interface Service extends KubeObject {
  readonly spec?: {
    readonly clusterIPs?: readonly string[];
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly nodePort?: number;
    }[];
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
}

interface Node extends KubeObject {
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
  };
}

interface Asked extends Pick<Cluster, 'loadBalancers'> {
  readonly client: ApiClient;
}

async function resolveTarget(
  { client, loadBalancers }: Asked,
  to: ConnectTarget,
): Promise<{ readonly address: string; readonly port: number }> {
  if ('address' in to) return { address: to.address, port: to.port };
  const service = await client.get<Service>(pathOf('services', to.service));
  const { spec } = service;
  const found = spec?.ports?.find(({ name, port }) => name === to.port || String(port) === to.port);
  if (!found) throw new Error(`The Service ${to.service} has no port ${to.port}.`);
  const { through = 'ClusterIP', family } = to;
  if (through === 'ClusterIP') {
    const address = ofFamily(spec?.clusterIPs ?? [], family);
    return {
      address: demand(address, `The Service ${to.service} has no such address.`),
      port: found.port,
    };
  }
  if (through === 'LoadBalancer') {
    const given = await addressesGiven(service, to.service, loadBalancers);
    const address = ofFamily(given, family);
    return {
      address: demand(address, `No cloud has given ${to.service} such an address.`),
      port: found.port,
    };
  }
  const port = demand(found.nodePort, `The port ${to.port} of ${to.service} has no nodePort.`);
  const { status } = await client.get<Node>(`/api/v1/nodes/${through.nodePortOf}`);
  const addresses = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  const address = ofFamily(
    addresses.map((one) => one.address),
    family,
  );
  return { address: demand(address, `The node ${through.nodePortOf} has no such address.`), port };
}

/** What its status shows; where that is a name, what the cloud says that it stands for. */
async function addressesGiven(
  { status }: Service,
  name: string,
  loadBalancers: Cluster['loadBalancers'],
): Promise<readonly string[]> {
  const ingress = status?.loadBalancer?.ingress ?? [];
  const addresses = ingress.flatMap(({ ip }) => ip ?? []);
  if (addresses.length > 0 || ingress.length === 0) return addresses;
  const found = (await loadBalancers()).find(({ service }) => service === name);
  return found?.addresses ?? [];
}

/** @example pathOf('pods', 'default/web-0') // '/api/v1/namespaces/default/pods/web-0' */
function pathOf(resource: string, name: string): string {
  const [namespace = '', own = ''] = name.split('/').map(encodeURIComponent);
  return `/api/v1/namespaces/${namespace}/${resource}/${own}`;
}

function ofFamily(
  addresses: readonly string[],
  family: 'IPv4' | 'IPv6' | undefined,
): string | undefined {
  return addresses.find((one) => family === undefined || isIPv6(one) === (family === 'IPv6'));
}

function isPlain(address: string): boolean {
  return !/^[^:]+:\d+$/.test(address);
}

function demand<T>(value: T | undefined, problem: string): T {
  if (value === undefined) throw new Error(problem);
  return value;
}
