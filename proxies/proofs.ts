/** Every proof there is, by claim id. */
import { proofs as apiserverLoadBalancer } from './apiserver-load-balancer/proofs.ts';
import { proofs as apiserverProxy } from './apiserver-proxy/proofs.ts';
import { proofs as redirects } from './apiserver-proxy/redirects/proofs.ts';
import { proofs as cloudLoadBalancer } from './cloud-load-balancer/proofs.ts';
import type { Proof } from './kit/proof.ts';
import { proofs as nftablesLayout } from './kube-proxy/nftables-layout/proofs.ts';
import { proofs as kubeProxy } from './kube-proxy/proofs.ts';
import { proofs as kubectlProxy } from './kubectl-proxy/proofs.ts';

export const proofs: Readonly<Record<string, Proof>> = {
  ...kubectlProxy,
  ...apiserverProxy,
  ...redirects,
  ...kubeProxy,
  ...nftablesLayout,
  ...apiserverLoadBalancer,
  ...cloudLoadBalancer,
};
