/** Connections to the lab's Services. */
import type { z } from 'zod';
import type { exampleSchema } from '../../descriptor.ts';

/** No proxy that reads HTTP lets it pass: it lacks the `Host` that HTTP/1.1 demands. */
const hostless = 'GET /hello HTTP/1.1\r\nX-Whose: mine\r\n\r\n';

export const examples = [
  {
    id: 'kube-proxy.tcp',
    request: {
      protocol: 'tcp',
      from: 'pod',
      service: 'platform/echo',
      port: 7,
      through: 'ClusterIP',
      messages: ['Hello\n', 'Hop by hop\n'],
    },
    expect: { outcome: 'answered', answers: ['Hello', 'Hop by hop'] },
    claims: ['kube-proxy.tcp'],
  },
  {
    id: 'kube-proxy.whoami',
    request: {
      protocol: 'tcp',
      from: 'pod',
      service: 'platform/echo',
      port: 7,
      through: 'ClusterIP',
      messages: ['whoami\n'],
      connections: 12,
    },
    expect: { outcome: 'answered', backends: { atLeast: 2 } },
    claims: ['kube-proxy.load-balances'],
  },
  {
    id: 'kube-proxy.http',
    request: {
      protocol: 'tcp',
      from: 'pod',
      service: 'platform/echo',
      port: 7,
      through: 'ClusterIP',
      messages: [hostless],
    },
    expect: { outcome: 'answered', answers: [hostless.replace(/\n$/, '')] },
    claims: ['kube-proxy.no-http'],
  },
  {
    id: 'kube-proxy.udp',
    request: {
      protocol: 'udp',
      from: 'pod',
      service: 'platform/echo',
      port: 7,
      through: 'ClusterIP',
      messages: ['Hello', 'Hop by hop'],
    },
    expect: { outcome: 'answered', answers: ['Hello', 'Hop by hop'] },
    claims: ['kube-proxy.udp'],
  },
  {
    id: 'kube-proxy.sctp',
    request: {
      protocol: 'sctp',
      from: 'pod',
      service: 'platform/signalling',
      port: 9999,
      through: 'ClusterIP',
      messages: ['Hello', 'Hop by hop'],
    },
    expect: { outcome: 'answered', answers: ['Hello', 'Hop by hop'] },
    claims: ['kube-proxy.sctp'],
  },
  {
    id: 'kube-proxy.affinity',
    request: {
      protocol: 'tcp',
      from: 'pod',
      service: 'platform/echo-sticky',
      port: 7,
      through: 'ClusterIP',
      messages: ['whoami\n'],
      connections: 12,
    },
    expect: { outcome: 'answered', backends: { exactly: 1 } },
    claims: ['kube-proxy.load-balances'],
  },
  {
    id: 'kube-proxy.node-port',
    request: {
      protocol: 'tcp',
      from: 'outside',
      service: 'platform/echo-both',
      port: 7,
      through: 'NodePort',
      messages: ['whoami\n'],
    },
    expect: { outcome: 'answered', backends: { exactly: 1 } },
    claims: ['kube-proxy.each-node'],
  },
  {
    id: 'kube-proxy.no-endpoints',
    request: {
      protocol: 'tcp',
      from: 'pod',
      service: 'shop/returns',
      port: 80,
      through: 'ClusterIP',
      messages: ['Hello\n'],
    },
    expect: { outcome: 'refused' },
  },
  {
    id: 'kube-proxy.wrong-protocol',
    request: {
      protocol: 'udp',
      from: 'pod',
      service: 'platform/echo',
      port: 70,
      through: 'ClusterIP',
      messages: ['Hello'],
    },
    expect: { outcome: 'refused' },
    claims: ['kube-proxy.udp'],
  },
] as const satisfies readonly z.input<typeof exampleSchema>[];
