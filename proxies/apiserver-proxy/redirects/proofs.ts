/** A proof for each claim about redirects: one that is missing does not compile. */
import type { Proof } from '../../kit/proof.ts';
import type { RedirectsClaim } from './descriptor.ts';
import { aggregated } from './proofs/aggregated.ts';
import { notFollowed } from './proofs/not-followed.ts';
import { passedOn } from './proofs/passed-on.ts';
import { replaced } from './proofs/replaced.ts';

export const proofs = {
  'redirects.replaced': replaced,
  'redirects.not-followed': notFollowed,
  'redirects.aggregated': aggregated,
  'redirects.passed-on': passedOn,
} as const satisfies Record<RedirectsClaim, Proof>;
