/** Connections to the lab's Services through the addresses that its cloud has given them. */
import type { z } from 'zod';
import type { exampleSchema } from '../../descriptor.ts';

/** From a client that is no part of the cluster. */
const outside = { from: 'outside', through: 'LoadBalancer' } as const;
const said = ['Hello', 'Hop by hop'] as const;
const lines = ['Hello\n', 'Hop by hop\n'] as const;

export const examples = [
  {
    id: 'cloud-load-balancer.tcp',
    request: {
      ...outside,
      protocol: 'tcp',
      service: 'platform/echo-public',
      port: 7,
      messages: lines,
    },
    expect: { outcome: 'answered', answers: said },
    claims: [
      'cloud-load-balancer.provided-by-some-clouds',
      'cloud-load-balancer.created-automatically',
    ],
  },
  {
    id: 'cloud-load-balancer.http',
    request: { protocol: 'http', method: 'GET', path: '/', service: 'shop/front-public' },
    expect: { status: 200, contentType: 'text/html; charset=utf-8', bodyContains: '<html' },
    claims: ['cloud-load-balancer.created-automatically'],
  },
  {
    id: 'cloud-load-balancer.whoami',
    request: {
      ...outside,
      protocol: 'tcp',
      service: 'platform/echo-public',
      port: 7,
      messages: ['whoami\n'],
      connections: 12,
    },
    expect: { outcome: 'answered', backends: { atLeast: 2 } },
    claims: ['cloud-load-balancer.checks-nodes'],
  },
  {
    id: 'cloud-load-balancer.udp',
    request: {
      ...outside,
      protocol: 'udp',
      service: 'platform/echo-public',
      port: 7,
      messages: said,
    },
    expect: { outcome: 'answered', answers: said },
    claims: ['cloud-load-balancer.usually-tcp-udp'],
  },
  {
    id: 'cloud-load-balancer.sctp',
    request: {
      ...outside,
      protocol: 'sctp',
      service: 'platform/signalling-public',
      port: 9999,
      messages: said,
    },
    expect: { outcome: 'answered', answers: said },
    claims: ['cloud-load-balancer.sctp-depends-on-provider'],
  },
  {
    id: 'cloud-load-balancer.client-kept',
    request: {
      ...outside,
      protocol: 'tcp',
      service: 'platform/echo-kept',
      port: 7,
      messages: ['whoami\n'],
    },
    expect: { outcome: 'answered', backends: { exactly: 1 } },
    claims: ['cloud-load-balancer.client-address'],
  },
  {
    id: 'cloud-load-balancer.client-lost',
    request: {
      ...outside,
      protocol: 'tcp',
      service: 'platform/echo-proxied',
      port: 7,
      messages: ['whoami\n'],
    },
    expect: { outcome: 'answered', backends: { exactly: 1 } },
    claims: ['cloud-load-balancer.client-address', 'cloud-load-balancer.varies'],
  },
  {
    id: 'cloud-load-balancer.in-ranges',
    request: {
      ...outside,
      protocol: 'udp',
      service: 'platform/echo-guarded',
      port: 7,
      messages: said,
    },
    expect: { outcome: 'answered', answers: said },
    claims: ['cloud-load-balancer.source-ranges'],
  },
  {
    id: 'cloud-load-balancer.out-of-ranges',
    request: {
      protocol: 'udp',
      from: 'pod',
      service: 'platform/echo-guarded',
      port: 7,
      through: 'LoadBalancer',
      messages: ['Hello'],
    },
    expect: { outcome: 'nothing' },
    claims: ['cloud-load-balancer.source-ranges'],
  },
  {
    id: 'cloud-load-balancer.wrong-protocol',
    request: {
      ...outside,
      protocol: 'tcp',
      service: 'platform/signalling-public',
      port: 9999,
      messages: ['Hello\n'],
    },
    expect: { outcome: 'refused' },
  },
] as const satisfies readonly z.input<typeof exampleSchema>[];
