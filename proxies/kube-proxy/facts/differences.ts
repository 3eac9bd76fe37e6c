/** Where ours differs on purpose from upstream's kube-proxy in nftables mode; `tables:differences.<id>` says why. */
import type { Difference } from '../../descriptor.ts';

export const differences = [
  { id: 'layout-of-maps', kind: 'better', cases: [] },
  { id: 'changes-in-place', kind: 'better', cases: [] },
  { id: 'udp-without-endpoints', kind: 'better', cases: [] },
  { id: 'udp-of-gone-services', kind: 'better', cases: [] },
  { id: 'drift-healed', kind: 'better', cases: [] },
  { id: 'userspace-mode', kind: 'better', cases: [] },
  { id: 'affinity-by-mark', kind: 'implementation', cases: [] },
  { id: 'affinity-in-ipv6', kind: 'implementation', cases: [] },
  { id: 'ranges-of-the-other-family', kind: 'safer', cases: [] },
  { id: 'contested-addresses', kind: 'implementation', cases: [] },
  { id: 'two-modes', kind: 'implementation', cases: [] },
  { id: 'watches-trusted', kind: 'implementation', cases: [] },
] as const satisfies readonly Difference[];
