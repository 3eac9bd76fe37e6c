import { describe, expect, it } from 'vitest';
import { hopSchema } from '../kit/hop.ts';
import { hopsOfFlow, type FlowPlace } from './flow-hops.ts';

const place: FlowPlace = {
  nodeName: 'node-1',
  nodeIPs: ['172.30.0.21', 'fd00:172:30::21'],
  dataplane: 'nftables',
  isPod: (address) => address.startsWith('10.244.') || address.startsWith('fd00:10:244:'),
};
const flow = {
  protocol: 'TCP',
  source: '10.244.1.5:34567',
  destination: '10.96.12.1:7',
  backend: '10.244.2.3:7007',
  isMasqueraded: false,
  servicePort: 'IPv4 platform/echo:tcp/TCP',
} as const;

describe('the hops of a flow', () => {
  it('lead from the pod to the Service, and from kube-proxy to the endpoint', () => {
    const [toService, toPod] = hopsOfFlow(flow, place).map((hop) => hopSchema.parse(hop));
    expect(toService).toMatchObject({
      request: 'TCP 10.244.1.5:34567',
      from: { station: 'pod', address: '10.244.1.5:34567' },
      to: { station: 'kube-proxy', address: '10.96.12.1:7' },
      protocol: 'TCP',
      decision: { key: 'kube-proxy.service', values: { service: 'platform/echo:tcp' } },
    });
    expect(toPod).toMatchObject({
      request: 'TCP 10.244.1.5:34567',
      from: { station: 'kube-proxy', address: '10.244.1.5:34567' },
      to: { station: 'pod', address: '10.244.2.3:7007' },
      decision: { key: 'kube-proxy.forwarded', values: { backend: '10.244.2.3:7007' } },
    });
  });

  it('say when the endpoint sees the node instead of the client', () => {
    const outside = { ...flow, source: '192.0.2.10:40000', isMasqueraded: true };
    const [toService, toPod] = hopsOfFlow(outside, place);
    expect(toService.from.station).toBe('client');
    expect(toPod.from.address).toBe('172.30.0.21');
    expect(toPod.decision.key).toBe('kube-proxy.masqueraded');
  });

  it('end at an apiserver where the Service is its own', () => {
    const servicePort = 'IPv4 default/kubernetes:https/TCP';
    expect(hopsOfFlow({ ...flow, servicePort }, place)[1].to.station).toBe('apiserver');
  });

  it('read IPv6 addresses, and do without a Service that nobody knows', () => {
    const source = '[fd00:10:244:1::5]:34567';
    const [toService] = hopsOfFlow({ ...flow, source, servicePort: null }, place);
    expect(toService.from.station).toBe('pod');
    expect(toService.decision.values).toMatchObject({ service: '10.96.12.1:7' });
  });
});
