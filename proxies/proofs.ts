/** Every proof there is, by claim id. */
import type { Proof } from './kit/proof.ts';
import { proofs as kubectlProxy } from './kubectl-proxy/proofs.ts';

export const proofs: Readonly<Record<string, Proof>> = { ...kubectlProxy };
