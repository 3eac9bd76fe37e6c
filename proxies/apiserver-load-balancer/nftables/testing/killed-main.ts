/** A load balancer that is killed. */
import { createNftablesDataplane } from '../nftables-dataplane.ts';
import { backend, dataplaneOptions } from './network.ts';

const dataplane = await createNftablesDataplane(dataplaneOptions);
await dataplane.apply({ eligible: [backend('a'), backend('b')], reset: [] });
process.send?.('ready');
