/** A proof for each claim of the apiserver proxy: one that is missing does not compile. */
import type { Proof } from '../kit/proof.ts';
import type { ApiserverProxyClaim } from './descriptor.ts';
import { bastion } from './proofs/bastion.ts';
import { clientHttps } from './proofs/client-https.ts';
import { credentialsEndHere } from './proofs/credentials-end-here.ts';
import { inProcess } from './proofs/in-process.ts';
import { loadBalances } from './proofs/load-balances.ts';
import { nodePodService } from './proofs/node-pod-service.ts';
import { reachesClusterAddresses } from './proofs/reaches-cluster-addresses.ts';
import { targetScheme } from './proofs/target-scheme.ts';

export const proofs = {
  'apiserver-proxy.bastion': bastion,
  'apiserver-proxy.reaches-cluster-addresses': reachesClusterAddresses,
  'apiserver-proxy.in-process': inProcess,
  'apiserver-proxy.client-https': clientHttps,
  'apiserver-proxy.target-scheme': targetScheme,
  'apiserver-proxy.node-pod-service': nodePodService,
  'apiserver-proxy.load-balances': loadBalances,
  'apiserver-proxy.credentials-end-here': credentialsEndHere,
} as const satisfies Record<ApiserverProxyClaim, Proof>;
