import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conformanceCases } from './conformance/cases/all.ts';
import type { Outcome } from './conformance/cases/case.ts';
import { kubeProxy } from './descriptor.ts';
import { modeNames } from './modes/mode.ts';
import { defaultSettings } from './options.ts';

const tableOf = (wanted: string) => {
  const table = kubeProxy.tables.find(({ id }) => id === wanted);
  if (!table) throw new Error(`no table ${wanted}`);
  return table.rows;
};

describe('the descriptor of kube-proxy', () => {
  it.each(tableOf('policies').map(({ id, cells }) => [id, cells] as const))(
    'says of connections “%s” what the suite of conformance shows',
    (id, { masqueraded }) => {
      for (const [name, flow, is, step] of shownBy[id] ?? []) {
        const seen = outcomeOf(name, flow, step);
        expect(seen.is, `${name}: ${flow}`).toBe(is);
        expect('isMasqueraded' in seen && seen.isMasqueraded, flow).toBe(masqueraded);
      }
    },
  );

  it('states no policy that no flow of the suite shows', () => {
    expect(Object.keys(shownBy)).toEqual(tableOf('policies').map(({ id }) => id));
  });

  it('has as ours the modes that there are', () => {
    const ours = tableOf('modes').filter(({ cells }) => cells.ours === true);
    expect(ours.map(({ cells }) => cells.mode).sort()).toEqual([...modeNames].sort());
  });

  it('has the addresses at which it answers by default', () => {
    const { healthzBindAddress, metricsBindAddress } = defaultSettings;
    const addresses = new Set(tableOf('ports').map(({ cells }) => cells.address));
    expect([...addresses]).toEqual([healthzBindAddress, 'healthCheckNodePort', metricsBindAddress]);
  });

  it('has buckets that ascend, and names each metric once', () => {
    for (const { buckets = [] } of kubeProxy.metrics) {
      expect([...buckets].sort((one, other) => one - other)).toEqual(buckets);
    }
    const names = kubeProxy.metrics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('states no difference that nothing tries', () => {
    expect(Object.keys(triedIn).sort()).toEqual(kubeProxy.differences.map(({ id }) => id).sort());
    for (const [file, words] of Object.values(triedIn)) {
      const path = new URL(file, import.meta.url);
      expect(existsSync(path), file).toBe(true);
      expect(readFileSync(path, 'utf8')).toContain(words);
    }
  });
});

function outcomeOf(name: string, flowName: string, stepName?: string): Outcome {
  const found = conformanceCases
    .filter((one) => one.name === name)
    .flatMap(({ steps }) => steps)
    .filter((step) => stepName === undefined || step.name === stepName)
    .flatMap(({ flows }) => flows)
    .find((flow) => flow.name === flowName);
  if (!found) throw new Error(`the suite has no flow “${flowName}” in “${name}”`);
  return found.expect;
}

type Shown = readonly [name: string, flow: string, is: Outcome['is'], step?: string];

const known = 'masquerade: pods known by their CIDR';
const noneLocal = 'externalTrafficPolicy Local, nothing local';

/** A row of the table of policies, and flows that show it: the case, the flow, what becomes of it. */
const shownBy: Readonly<Record<string, readonly Shown[]>> = {
  'pod-to-cluster-ip': [[known, 'pod to ClusterIP, no policy', 'forwarded']],
  'pod-to-itself': [['ClusterIP', 'hairpin', 'forwarded']],
  'others-to-cluster-ip': [
    [known, 'node to ClusterIP, no policy', 'forwarded'],
    [known, 'external to ClusterIP, no policy', 'forwarded'],
  ],
  'pod-to-local': [['internalTrafficPolicy Local, one endpoint here', 'pod', 'forwarded']],
  'pod-to-none-local': [['internalTrafficPolicy Local, none here', 'pod', 'DROP']],
  'anybody-to-external': [
    [known, 'pod to NodePort, no policy', 'forwarded'],
    [known, 'node to LoadBalancer IP, no policy', 'forwarded'],
    [known, 'external to LoadBalancer IP, no policy', 'forwarded'],
  ],
  'outside-to-local': [
    [known, 'external to NodePort, external policy Local', 'forwarded'],
    [known, 'external to LoadBalancer IP, external policy Local', 'forwarded'],
  ],
  'outside-to-none-local': [[noneLocal, 'external to LoadBalancer IP', 'DROP']],
  'pod-to-external-local': [
    [known, 'pod to NodePort, external policy Local', 'forwarded'],
    [noneLocal, 'pod to LoadBalancer IP', 'forwarded'],
  ],
  'node-to-external-local': [[known, 'node to NodePort, external policy Local', 'forwarded']],
  'outside-the-ranges': [['load balancer: source ranges', 'blocked to 5.6.7.8', 'DROP']],
  'no-endpoints': [
    ['no endpoints', 'pod to ClusterIP', 'REJECT'],
    ['no endpoints', 'external to NodePort', 'REJECT'],
    ['no endpoints', 'external to LoadBalancer IP', 'REJECT'],
  ],
  'wrong-port': [
    ['ClusterIP', 'UDP to a port that is TCP', 'REJECT'],
    ['ClusterIP', 'a port of another Service', 'REJECT'],
  ],
  'nobodys-address': [['ClusterIP', 'an address that is nobody’s', 'DROP']],
  'proxied-ingress': [
    ['load balancer: ipMode', 'external to LoadBalancer IP', 'untouched', 'Proxy'],
  ],
};

/** Where a difference is tried: the file, and words of it. */
const triedIn: Readonly<Record<string, readonly [file: string, words: string]>> = {
  'layout-of-maps': ['nftables-layout/proofs/constant-chains.ts', 'chain-per-service'],
  'changes-in-place': ['nftables/operations.test.ts', 'is one transaction of what changed'],
  'udp-without-endpoints': ['conntrack/conntrack.test.ts', 'of UDP end with the last endpoint'],
  'udp-of-gone-services': [
    'endpoints/service-tracker.test.ts',
    'as they were when the Service goes, or is reached elsewhere',
  ],
  'drift-healed': [
    'nftables/full-sync.test.ts',
    'is noticed where somebody else changed our table',
  ],
  'userspace-mode': ['userspace/tcp.test.ts', 'leads to each of its endpoints'],
  'affinity-by-mark': [
    'nftables/full-sync.test.ts',
    'forgets the clients of an endpoint that went',
  ],
  'affinity-in-ipv6': ['conformance/cases/all.ts', 'inIPv4.map(inIPv6)'],
  'ranges-of-the-other-family': [
    'endpoints/service-reading.test.ts',
    'where source ranges are of the other family only',
  ],
  'contested-addresses': [
    'nftables/contested.test.ts',
    'then a load balancer’s, then an external IP',
  ],
  'two-modes': ['config/configure.test.ts', 'must be nftables or userspace'],
  'watches-trusted': ['proxy.test.ts', 'goes on where it was when watches break off'],
};
