/** A proof for each claim of the cloud load balancer: one that is missing does not compile. */
import type { Proof } from '../kit/proof.ts';
import type { CloudLoadBalancerClaim } from './descriptor.ts';
import { checksNodes } from './proofs/checks-nodes.ts';
import { clientAddress } from './proofs/client-address.ts';
import { createdAutomatically } from './proofs/created-automatically.ts';
import { finalizerGuards } from './proofs/finalizer-guards.ts';
import { provided } from './proofs/provided.ts';
import { sctpDependsOnProvider } from './proofs/sctp.ts';
import { sourceRanges } from './proofs/source-ranges.ts';
import { usually } from './proofs/usually.ts';
import { varies } from './proofs/varies.ts';

export const proofs = {
  'cloud-load-balancer.provided-by-some-clouds': provided,
  'cloud-load-balancer.created-automatically': createdAutomatically,
  'cloud-load-balancer.usually-tcp-udp': usually,
  'cloud-load-balancer.sctp-depends-on-provider': sctpDependsOnProvider,
  'cloud-load-balancer.varies': varies,
  'cloud-load-balancer.finalizer-guards': finalizerGuards,
  'cloud-load-balancer.source-ranges': sourceRanges,
  'cloud-load-balancer.client-address': clientAddress,
  'cloud-load-balancer.checks-nodes': checksNodes,
} as const satisfies Record<CloudLoadBalancerClaim, Proof>;
