/** How the program of each machine is started: the flags are Kubernetes' own. */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { formatEndpoint } from '../network/endpoint.ts';
import { podLink } from '../network/wiring.ts';
import { storeOf, type StateDirectory } from '../state-directory.ts';
import {
  apiserverLoadBalancer,
  apiserverPort,
  cloudLoadBalancer,
  kubeletPort,
  loadBalancerPoolsOf,
  nodeHealthPortOf,
  storePort,
  clusterCidrsOf,
  clusterDnsOf,
  proxyTurnOf,
  serviceRangesOf,
  type LabPlace,
  type MachinePlan,
  type MachineRole,
} from '../topology.ts';
import { frugalFlags } from './frugal.ts';
import { kubeProxyUser } from './machine-kubeconfigs.ts';

export interface CommandContext {
  readonly place: LabPlace;
  readonly state: StateDirectory;
  /** Where the store listens: `host:port`, or a path. */
  readonly store: string;
}

/** The machine's command, to be run where the machine is; `null` for one without a process. */
export function commandLine(
  machine: MachinePlan,
  context: CommandContext,
): readonly string[] | null {
  if (machine.role === 'client') return null;
  const { program, flags } = commands[machine.role];
  return [
    process.execPath,
    ...frugalFlags,
    program,
    ...Object.entries(flags(machine, context)).map(([name, value]) => `--${name}=${value}`),
  ];
}

/** Where a machine serves what it is there for; `null` on loopback, where it tells when it is ready. */
export function endpointOf({ role, addresses }: MachinePlan, place: LabPlace): string | null {
  const port = ports[role];
  const [address] = addresses;
  const isKnown = isIsolated(place) && port !== undefined && address !== undefined;
  return isKnown ? `${address}:${port}` : null;
}

const ports: Partial<Record<MachineRole, number>> = {
  store: storePort,
  apiserver: apiserverPort,
  // Where it says how it is: what it forwards would say how the apiservers are.
  'load-balancer': apiserverLoadBalancer.adminPort,
  cloud: cloudLoadBalancer.adminPort,
  node: kubeletPort,
};

interface ProgramCommand {
  readonly program: string;
  readonly flags: (
    machine: MachinePlan,
    context: CommandContext,
  ) => Readonly<Record<string, string>>;
}

const commands: Record<Exclude<MachineRole, 'client'>, ProgramCommand> = {
  store: {
    program: path('../store/main.ts'),
    flags: (_, { store, state, place }) => ({ listen: store, 'data-dir': storeOf(state, place) }),
  },
  apiserver: {
    program: path('../apiserver/main.ts'),
    flags: ({ addresses }, { place, store, state: { pki, passing } }) => ({
      'bind-address': isIsolated(place) ? '::' : '127.0.0.1',
      'secure-port': isIsolated(place) ? String(apiserverPort) : '0',
      'advertise-address': addresses[0] ?? '127.0.0.1',
      'etcd-servers': store,
      'tls-cert-file': join(pki, 'apiserver.crt'),
      'tls-private-key-file': join(pki, 'apiserver.key'),
      'client-ca-file': join(pki, 'ca.crt'),
      'token-auth-file': passing.tokens,
      'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
      'service-account-key-file': join(pki, 'sa.pub'),
      'service-account-signing-key-file': join(pki, 'sa.key'),
      'requestheader-client-ca-file': join(pki, 'front-proxy-ca.crt'),
      'requestheader-allowed-names': 'front-proxy-client',
      'requestheader-username-headers': 'X-Remote-User',
      'requestheader-uid-headers': 'X-Remote-Uid',
      'requestheader-group-headers': 'X-Remote-Group',
      'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
      'kubelet-client-certificate': join(pki, 'apiserver-kubelet-client.crt'),
      'kubelet-client-key': join(pki, 'apiserver-kubelet-client.key'),
      'kubelet-certificate-authority': join(pki, 'ca.crt'),
      'authorization-mode': 'Node,RBAC',
      'service-cluster-ip-range': serviceRangesOf(place).join(','),
      'allow-loopback-endpoints': String(!isIsolated(place)),
    }),
  },
  'load-balancer': {
    program: path('../load-balancer/main.ts'),
    flags: ({ addresses }, { place, state: { pki } }) => ({
      listen: addresses.map((one) => (isIsolated(place) ? servedAt(one) : one)).join(','),
      dataplane: isIsolated(place) ? 'nftables' : 'userspace',
      'check-ca-file': join(pki, 'ca.crt'),
      'admin-bind-address': isIsolated(place)
        ? `${addresses[0] ?? ''}:${apiserverLoadBalancer.adminPort}`
        : '127.0.0.1:0',
    }),
  },
  cloud: {
    program: path('../cloud/main.ts'),
    flags: ({ name, addresses }, { place, state: { passing } }) => ({
      kubeconfig: join(passing.kubeconfigs, name),
      'address-pool': loadBalancerPoolsOf(place).join(','),
      dataplane: isIsolated(place) ? 'nftables' : 'userspace',
      'node-health-port': String(nodeHealthPortOf(place)),
      'admin-bind-address': isIsolated(place)
        ? `${addresses[0] ?? ''}:${cloudLoadBalancer.adminPort}`
        : '127.0.0.1:0',
    }),
  },
  controllers: {
    program: path('../controllers/main.ts'),
    flags: ({ name, addresses }, { place, state: { passing, pki } }) => ({
      kubeconfig: join(passing.kubeconfigs, name),
      'root-ca-file': join(pki, 'ca.crt'),
      'healthz-bind-address': isIsolated(place) ? `${addresses[0] ?? ''}:10252` : '127.0.0.1:0',
      // The nodes of the lab renew their leases every 2.5 s, upstream's every 10.
      'node-monitor-grace-period': '10s',
    }),
  },
  node: {
    program: path('../node/main.ts'),
    flags: ({ name, addresses, podRanges }, { place, state: { passing, pki } }) => ({
      'hostname-override': name,
      kubeconfig: join(passing.kubeconfigs, name),
      'node-ip': isIsolated(place) ? addresses.join(',') : '127.0.0.1',
      'pod-cidr': podRanges.join(','),
      'pod-link': isIsolated(place) ? podLink : 'none',
      address: isIsolated(place) ? '::' : '127.0.0.1',
      port: isIsolated(place) ? String(kubeletPort) : '0',
      'cluster-dns': clusterDnsOf(place),
      'proxy-kubeconfig': join(passing.kubeconfigs, kubeProxyUser),
      'proxy-mode': isIsolated(place) ? 'nftables' : 'userspace',
      'cluster-cidr': clusterCidrsOf(place).join(','),
      ...(isIsolated(place) ? {} : turnFlags(place)),
      'client-ca-file': join(pki, 'ca.crt'),
      'tls-cert-file': join(pki, `kubelet-${name}.crt`),
      'tls-private-key-file': join(pki, `kubelet-${name}.key`),
    }),
  },
};

/** The nodes of a loopback lab share the host's ports: whose turn it is serves. */
function turnFlags(place: LabPlace): Readonly<Record<string, string>> {
  return {
    'proxy-turn': proxyTurnOf(place),
    'proxy-healthz-bind-address': `127.0.0.1:${nodeHealthPortOf(place)}`,
  };
}

function servedAt(address: string): string {
  return formatEndpoint(address, apiserverLoadBalancer.port);
}

function isIsolated({ mode }: LabPlace): boolean {
  return mode === 'isolated';
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
