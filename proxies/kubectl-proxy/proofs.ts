/** A proof for each claim of `kubectl proxy`: one that is missing does not compile. */
import type { Proof } from '../kit/proof.ts';
import type { KubectlProxyClaim } from './descriptor.ts';
import { addsAuthHeaders } from './proofs/adds-auth-headers.ts';
import { apiserverHttps } from './proofs/apiserver-https.ts';
import { clientHttp } from './proofs/client-http.ts';
import { filterDefault } from './proofs/filter-default.ts';
import { localhostListener } from './proofs/localhost-listener.ts';
import { locatesApiserver } from './proofs/locates-apiserver.ts';
import { runsInPod } from './proofs/runs-in-pod.ts';
import { runsOnDesktop } from './proofs/runs-on-desktop.ts';
import { toApiserver } from './proofs/to-apiserver.ts';

export const proofs = {
  'kubectl-proxy.runs-on-desktop': runsOnDesktop,
  'kubectl-proxy.runs-in-pod': runsInPod,
  'kubectl-proxy.localhost-listener': localhostListener,
  'kubectl-proxy.to-apiserver': toApiserver,
  'kubectl-proxy.client-http': clientHttp,
  'kubectl-proxy.apiserver-https': apiserverHttps,
  'kubectl-proxy.locates-apiserver': locatesApiserver,
  'kubectl-proxy.adds-auth-headers': addsAuthHeaders,
  'kubectl-proxy.filter-default': filterDefault,
} as const satisfies Record<KubectlProxyClaim, Proof>;
