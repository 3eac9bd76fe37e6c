/** What the site is about, in reading order: what a user meets first. Pure data, browser-safe. */
import { apiserverLoadBalancer } from './apiserver-load-balancer/descriptor.ts';
import { apiserverProxy } from './apiserver-proxy/descriptor.ts';
import { redirects } from './apiserver-proxy/redirects/descriptor.ts';
import { cloudLoadBalancer } from './cloud-load-balancer/descriptor.ts';
import type { Descriptor, Station, Topic } from './descriptor.ts';
import { kubeProxy } from './kube-proxy/descriptor.ts';
import { nftablesLayout } from './kube-proxy/nftables-layout/descriptor.ts';
import { kubectlProxy } from './kubectl-proxy/descriptor.ts';

export const proxies: readonly Descriptor[] = [
  kubectlProxy,
  apiserverProxy,
  kubeProxy,
  apiserverLoadBalancer,
  cloudLoadBalancer,
];

/** Pages that are about no proxy, and state something all the same. */
export const topics: readonly Topic[] = [redirects, nftablesLayout];

/** Whatever states claims, shows tables and has examples. */
export interface Subject extends Pick<Descriptor, 'claims' | 'tables' | 'examples'> {
  /** The slug of its page. */
  readonly id: string;
  /** The proxy whose line it is on, and through which its examples are sent. */
  readonly line: Station;
}

export const subjects: readonly Subject[] = [
  ...proxies.map((proxy) => ({ ...proxy, line: proxy.id })),
  ...topics,
];
