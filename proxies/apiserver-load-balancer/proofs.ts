/** A proof for each claim of the load balancer in front of the apiservers: one that is missing does not compile. */
import type { Proof } from '../kit/proof.ts';
import type { ApiserverLoadBalancerClaim } from './descriptor.ts';
import { balances } from './proofs/balances.ts';
import { checksReadyz } from './proofs/checks-readyz.ts';
import { clientAddress } from './proofs/client-address.ts';
import { inFront } from './proofs/in-front.ts';
import { passthrough } from './proofs/passthrough.ts';
import { resetsDead } from './proofs/resets-dead.ts';
import { varies } from './proofs/varies.ts';

export const proofs = {
  'apiserver-load-balancer.varies': varies,
  'apiserver-load-balancer.in-front': inFront,
  'apiserver-load-balancer.balances': balances,
  'apiserver-load-balancer.passthrough': passthrough,
  'apiserver-load-balancer.checks-readyz': checksReadyz,
  'apiserver-load-balancer.resets-dead': resetsDead,
  'apiserver-load-balancer.client-address': clientAddress,
} as const satisfies Record<ApiserverLoadBalancerClaim, Proof>;
