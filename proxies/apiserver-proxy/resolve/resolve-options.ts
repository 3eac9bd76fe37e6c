/** What resolution needs to know, beside the name. */
import type { Lookup } from '../lookup.ts';
import type { ProxyId } from './id.ts';

export interface ResolveOptions {
  readonly lookup: Lookup;
  /** `--kubelet-preferred-address-types` */
  readonly preferredAddressTypes: readonly string[];
  /**
   * Whether an IP address may be dialled. `isDeclared`: the port is one that the object itself has, not
   * one that only the request names.
   */
  readonly allowsAddress: (address: string, isDeclared: boolean) => boolean;
  /** Whether there are credentials to come to kubelets with. */
  readonly hasKubelet: boolean;
  /** From 0 to 1, without 1: which endpoint is tried first. */
  readonly random?: () => number;
  /** All IP addresses of a host name. Default: as the system resolves it. */
  readonly resolveHost?: (name: string) => Promise<readonly string[]>;
}

/** An id that was read, and where it stands. */
export interface Target extends ProxyId {
  /** Empty for nodes. */
  readonly namespace: string;
  /** As it stands in the path. */
  readonly id: string;
}
