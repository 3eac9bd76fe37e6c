/** The proof of every claim, by its id. */
import type { Proof } from '../../../proxies/kit/proof.ts';
import { proofs as all } from '../../../proxies/proofs.ts';

export const proofs: ReadonlyMap<string, Proof> = new Map(Object.entries(all));
