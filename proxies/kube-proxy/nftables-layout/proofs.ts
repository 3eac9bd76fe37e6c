/** A proof for each claim about the layout: one that is missing does not compile. */
import type { Proof } from '../../kit/proof.ts';
import type { NftablesLayoutClaim } from './descriptor.ts';
import { constantChains } from './proofs/constant-chains.ts';
import { findable } from './proofs/findable.ts';
import { smallChanges } from './proofs/small-changes.ts';

export const proofs = {
  'nftables-layout.constant-chains': constantChains,
  'nftables-layout.small-changes': smallChanges,
  'nftables-layout.findable': findable,
} as const satisfies Record<NftablesLayoutClaim, Proof>;
