/** What kube-proxy writes into the kernel, for those who have to read it there: no proxy, but a page of its own. */
import { defineTopic } from '../../descriptor.ts';
import { chains } from './chains.ts';
import { claims } from './claims.ts';
import { collections } from './collections.ts';
import { questions } from './questions.ts';

export const nftablesLayout = defineTopic({
  id: 'nftables-layout',
  line: 'kube-proxy',
  claims,
  tables: [chains, collections, questions],
  examples: [],
});

export type NftablesLayoutClaim = (typeof nftablesLayout)['claims'][number]['id'];
